import type { ErrorCode } from "@fl-sim/core";
import type { z } from "zod";
import {
	choicesOf,
	choosingFieldOf,
	chosenSection,
	type FieldSchema,
	schemaAt,
	sectionsOf,
} from "../fields/field-schema.ts";
import { typeText } from "../fields/type-text.ts";
import { nearestName } from "../nearest-name.ts";
import type { Mistake } from "./mistake.ts";
import type { Place } from "./place.ts";
import {
	type FieldPath,
	foundText,
	nodeAt,
	type PlacedMap,
	type PlacedNode,
	pathText,
	plainValue,
	quoted,
	quotedName,
	sectionPlace,
} from "./placed-node.ts";

type Issue = z.core.$ZodIssue;

/** What issues are turned into words with. */
interface Checked {
	readonly root: PlacedMap;
	readonly value: unknown;
	readonly schema: FieldSchema;
}

/** Says in the user's words, at the user's lines, what zod found wrong with a document. */
export function mistakesOf(
	issues: readonly Issue[],
	root: PlacedMap,
	schema: FieldSchema,
): readonly Mistake[] {
	const checked = { root, value: plainValue(root), schema };
	const flat = issues
		.flatMap((issue) => flatten(issue, []))
		.flatMap((issue) => withUnknownFields(checked, issue));
	const slips = new Set(flat.flatMap((issue) => slipsIn(checked, issue)));
	return flat
		.filter((issue) => !isMissingBySlip(checked, issue, slips))
		.flatMap((issue) =>
			issue.code === "unrecognized_keys"
				? issue.keys.map((key) => unknownField(checked, pathOf(issue), key))
				: [mistakeOf(checked, issue)],
		)
		.map((mistake) => ({ ...mistake, code: codeAt(mistake.place) }));
}

function codeAt({ source }: Place): ErrorCode {
	return source.kind === "file" ? "FL_SCENARIO_INVALID" : "FL_SCENARIO_OVERRIDE";
}

const pathOf = (issue: Issue): FieldPath => issue.path as FieldPath;

/** Issues inside a union's alternative become issues of their own, if it is clear which alternative was meant. */
function flatten(issue: Issue, prefix: FieldPath): readonly Issue[] {
	const path = [...prefix, ...pathOf(issue)];
	const alternatives = issue.code === "invalid_union" ? issue.errors : [];
	const meant = alternatives.find((issues) =>
		issues.some((inner) => inner.path.length > 0 || inner.code === "unrecognized_keys"),
	);
	return meant === undefined ? [{ ...issue, path }] : meant.flatMap((inner) => flatten(inner, path));
}

type Finding = Omit<Mistake, "code">;

function mistakeOf(checked: Checked, issue: Issue): Finding {
	const { root, schema, value } = checked;
	const path = pathOf(issue);
	const found = nodeAt(root, path);
	if (issue.code === "custom") {
		const place = found?.node.kind === "scalar" ? found.node.place : sectionPlace(root, path);
		// Rules of other packages do not know where in the scenario they stand.
		const isPlaced = path.length === 0 || issue.message.includes("`");
		return {
			place,
			message: isPlaced ? issue.message : `${quotedName(pathText(path))}: ${issue.message}`,
		};
	}
	if (found === undefined) return missingField(checked, path);
	const { node } = found;
	const place = node.kind === "map" ? sectionPlace(root, path) : node.place;
	if (isChoice(issue)) return { place, ...wrongChoice(checked, path, node) };
	const field = schemaAt(schema, path, value) ?? {};
	const name = path.length === 0 ? "the scenario" : quotedName(pathText(path));
	const message = `${name} is ${foundText(node)}, expected ${typeText(field)}`;
	return { place, message, hint: hintFor(node, field, path) };
}

function isChoice(issue: Issue): boolean {
	return issue.code === "invalid_union" && issue.discriminator !== undefined;
}

function wrongChoice(checked: Checked, path: FieldPath, node: PlacedNode): Pick<Finding, "message" | "hint"> {
	const choices = choicesIn(checked, path.slice(0, -1));
	const expected = `expected one of ${choices.join(", ")}`;
	if (node.kind !== "scalar" || typeof node.value !== "string") {
		return { message: `${quotedName(pathText(path))} is ${foundText(node)}, ${expected}` };
	}
	const message = `there is no ${pathText(path.slice(0, -1))} ${quoted(node.value)}, ${expected}`;
	return { message, hint: didYouMean(nearestName(node.value, choices)) };
}

/** For a word that is nearly right, and for `algorithm: fedavg` where a section is expected. */
function hintFor(node: PlacedNode, field: FieldSchema, path: FieldPath): string | undefined {
	if (node.kind !== "scalar" || typeof node.value !== "string") return undefined;
	const word = nearestName(node.value, (field.enum ?? []).map(String));
	if (word !== undefined) return didYouMean(word);
	const choice = nearestName(node.value, choicesOf(field));
	return didYouMean(choice && `${path.at(-1)}: { ${choosingFieldOf(field)}: ${choice} }`);
}

function didYouMean(text: string | undefined): string | undefined {
	return text && `did you mean ${quotedName(text)}?`;
}

function unknownField(checked: Checked, path: FieldPath, key: string): Finding {
	const { root, schema, value } = checked;
	const names = fieldNames(checked, path);
	const where = path.length === 0 ? "the scenario" : quotedName(pathText(path));
	// In a union, which fields are known depends on the choice.
	const chooser = choosingFieldOf(schemaAt(schema, path, value) ?? {});
	const choice = chooser === undefined ? undefined : nodeAt(root, [...path, chooser])?.node;
	const chosen = choice?.kind === "scalar" ? ` (${chooser}: ${choice.value})` : "";
	const hint = didYouMean(nearestName(key, names)) ?? elsewhereHint(checked, key);
	const expected = hint !== undefined && names.length > 8 ? "" : `, expected one of ${names.join(", ")}`;
	return {
		place: nodeAt(root, [...path, key])?.key ?? sectionPlace(root, path),
		message: `unknown field ${quotedName(key)} in ${where}${chosen}${expected}`,
		hint,
	};
}

/** For a field that stands in the wrong section. */
function elsewhereHint({ root, schema, value }: Checked, key: string): string | undefined {
	const sections = [...root.entries].filter(([name, { value: node }]) => {
		const section = chosenSection(schemaAt(schema, [name], value) ?? {}, plainValue(node));
		return Object.hasOwn(section?.properties ?? {}, key);
	});
	const homes = sections.map(([name]) => quotedName(name));
	if (Object.hasOwn(schema.properties ?? {}, key)) homes.push("the scenario itself");
	return homes.length === 0 ? undefined : `a field of ${homes.join(" and of ")}`;
}

function missingField(checked: Checked, path: FieldPath): Finding {
	const section = path.slice(0, -1);
	const where = section.length === 0 ? "the scenario" : quotedName(pathText(section));
	const field = schemaAt(checked.schema, path, checked.value);
	const expected = field === undefined ? `one of ${choicesIn(checked, section).join(", ")}` : typeText(field);
	return {
		place: sectionPlace(checked.root, section),
		message: `${where} lacks ${quotedName(String(path.at(-1)))}, expected ${expected}`,
	};
}

function fieldNames({ root, value, schema }: Checked, path: FieldPath): readonly string[] {
	const node = nodeAt(root, path)?.node;
	const section = chosenSection(schemaAt(schema, path, value) ?? {}, node && plainValue(node));
	const sections = section === undefined ? sectionsOf(schemaAt(schema, path, value) ?? {}) : [section];
	return [...new Set(sections.flatMap(({ properties = {} }) => Object.keys(properties)))];
}

function choicesIn({ value, schema }: Checked, path: FieldPath): readonly string[] {
	return choicesOf(schemaAt(schema, path, value) ?? {});
}

/** Fields that unknown ones were probably meant to be. */
function slipsIn(checked: Checked, issue: Issue): readonly string[] {
	if (issue.code !== "unrecognized_keys") return [];
	const path = pathOf(issue);
	const names = fieldNames(checked, path);
	return issue.keys.flatMap((key) => {
		const near = nearestName(key, names);
		return near === undefined ? [] : [pathText([...path, near])];
	});
}

/** Where a section does not say which one it is, fields that none of the alternatives has are unknown all the same. */
function withUnknownFields(checked: Checked, issue: Issue): readonly Issue[] {
	const section = pathOf(issue).slice(0, -1);
	const node = nodeAt(checked.root, section)?.node;
	if (!isChoice(issue) || node?.kind !== "map" || nodeAt(checked.root, pathOf(issue)) !== undefined)
		return [issue];
	const names = fieldNames(checked, section);
	const keys = [...node.entries.keys()].filter((key) => !names.includes(key));
	if (keys.length === 0) return [issue];
	return [issue, { code: "unrecognized_keys", keys, path: [...section], message: "" }];
}

/** A field that lacks because its name was misspelled is one mistake, not two. */
function isMissingBySlip(checked: Checked, issue: Issue, slips: ReadonlySet<string>): boolean {
	const path = pathOf(issue);
	if (issue.code !== "custom") return nodeAt(checked.root, path) === undefined && slips.has(pathText(path));
	const missing: unknown = issue.params?.missing;
	return Array.isArray(missing) && missing.some((name) => slips.has(pathText([...path, String(name)])));
}

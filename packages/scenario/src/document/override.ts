import { choosingFields, scalarOf } from "./merge.ts";
import type { Mistake } from "./mistake.ts";
import { parseYaml } from "./parse-yaml.ts";
import { argumentSource, type Place, type SourceText } from "./place.ts";
import { type PlacedMap, type PlacedNode, quotedName } from "./placed-node.ts";

interface Step {
	readonly name: string;
	readonly place: Place;
}

interface Override {
	readonly steps: readonly Step[];
	readonly value: PlacedNode;
}

/**
 * Applies `path.to.field=value` arguments, values read as YAML, list items by index. Arguments that choose a
 * section's `name` come first, since they replace the section; of two for the same field the later wins.
 */
export function applyOverrides(
	root: PlacedMap,
	settings: readonly string[],
): { readonly root: PlacedMap; readonly mistakes: readonly Mistake[] } {
	const mistakes: Mistake[] = [];
	const overrides: Override[] = [];
	for (const [index, text] of settings.entries()) {
		const parsed = parseOverride(argumentSource(text, index));
		if ("mistakes" in parsed) mistakes.push(...parsed.mistakes);
		else overrides.push(parsed);
	}
	let result: PlacedNode = root;
	for (const override of [...overrides.filter(isChoice), ...overrides.filter((one) => !isChoice(one))]) {
		result = assign(result, override.steps, { value: override.value, depth: 0, mistakes });
	}
	return { root: result.kind === "map" ? result : root, mistakes };
}

function isChoice({ steps }: Override): boolean {
	return steps.length > 1 && choosingFields.includes(steps.at(-1)?.name ?? "");
}

function parseOverride(source: SourceText): Override | { readonly mistakes: readonly Mistake[] } {
	const { text } = source;
	const equals = text.indexOf("=");
	if (equals < 0) {
		return { mistakes: [overrideMistake({ source, start: 0, end: text.length }, "an argument without `=`")] };
	}
	const steps: Step[] = [];
	let start = 0;
	for (const name of text.slice(0, equals).split(".")) {
		const place = { source, start, end: start + name.length };
		if (name === "") return { mistakes: [overrideMistake(place, "a path with an empty name")] };
		steps.push({ name, place });
		start += name.length + 1;
	}
	const parsed = parseYaml(source, equals + 1);
	if ("node" in parsed) return { steps, value: parsed.node };
	return {
		mistakes: parsed.mistakes.map((mistake) => ({ ...mistake, code: "FL_SCENARIO_OVERRIDE" as const })),
	};
}

function overrideMistake(place: Place, found: string): Mistake {
	const message = `${found}, expected path.to.field=value`;
	return { code: "FL_SCENARIO_OVERRIDE", place, message, hint: "for example clients.number=50" };
}

interface Assignment {
	readonly value: PlacedNode;
	readonly depth: number;
	readonly mistakes: Mistake[];
}

function assign(node: PlacedNode, steps: readonly Step[], assignment: Assignment): PlacedNode {
	const [step, ...rest] = steps;
	if (step === undefined) return assignment.value;
	const deeper = { ...assignment, depth: assignment.depth + 1 };
	if (node.kind === "list") return assignItem(node.items, node.place, { step, rest, deeper });
	const isMap = node.kind === "map";
	const below = isMap ? node.entries.get(step.name) : undefined;
	const value = assign(below?.value ?? emptyMap(step.place), rest, deeper);
	const choosesAnew =
		assignment.depth > 0 &&
		rest.length === 0 &&
		choosingFields.includes(step.name) &&
		scalarOf(below?.value) !== scalarOf(value);
	// A plain value gives way to a section: `learningRate: 0.1` to `learningRate.schedule=cosine`.
	const kept = isMap && !choosesAnew ? node.entries : [];
	// The place of a section stays its place in the file, where fields that it lacks belong.
	const key = below !== undefined && value.kind === "map" && rest.length > 0 ? below.key : step.place;
	return {
		kind: "map",
		place: isMap ? node.place : step.place,
		entries: new Map([...kept, [step.name, { key, value }]]),
	};
}

function assignItem(
	items: readonly PlacedNode[],
	place: Place,
	{
		step,
		rest,
		deeper,
	}: { readonly step: Step; readonly rest: readonly Step[]; readonly deeper: Assignment },
): PlacedNode {
	const index = Number(step.name);
	const item = /^\d+$/.test(step.name) ? items[index] : undefined;
	if (item === undefined) {
		const range =
			items.length === 0 ? "the list is empty" : `expected an index from 0 to ${items.length - 1}`;
		const message = `the list has no item ${quotedName(step.name)}, ${range}`;
		deeper.mistakes.push({ code: "FL_SCENARIO_OVERRIDE", place: step.place, message });
		return { kind: "list", place, items };
	}
	return { kind: "list", place, items: items.with(index, assign(item, rest, deeper)) };
}

function emptyMap(place: Place): PlacedMap {
	return { kind: "map", place, entries: new Map() };
}

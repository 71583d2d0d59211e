import { randomStream } from "@fl-sim/core";
import type { ComparisonFile, DrawnField } from "./comparison-schema.ts";

/** Some fields of a scenario by their paths. */
export type FieldValues = Readonly<Record<string, unknown>>;

/** The settings of a sweep, one combination after the other; without a sweep a single one that changes nothing. */
export function sweptSettings(sweep: ComparisonFile["sweep"]): readonly FieldValues[] {
	const combinations = combinationsOf(Object.entries(sweep?.grid ?? {}));
	const { random } = sweep ?? {};
	if (random === undefined) return combinations;
	return combinations.flatMap((combination) =>
		Array.from({ length: random.samples }, (_, sample) => ({
			...combination,
			...Object.fromEntries(
				Object.entries(random.fields).map(([path, field]) => [path, draw(field, random.seed, sample, path)]),
			),
		})),
	);
}

function combinationsOf(fields: readonly (readonly [string, readonly unknown[]])[]): readonly FieldValues[] {
	return fields.reduce<readonly FieldValues[]>(
		(before, [path, values]) => before.flatMap((one) => values.map((value) => ({ ...one, [path]: value }))),
		[{}],
	);
}

/** Each field of each sample has its own stream, so that one more field changes no other's values. */
function draw(field: DrawnField, seed: number, sample: number, path: string): unknown {
	const random = randomStream(seed, "sweep", path, sample);
	if (Array.isArray(field)) return field[random.integer(field.length)];
	const share = random.uniform();
	const { from, to } = field;
	const value = field.scale === "log" ? from * (to / from) ** share : from + share * (to - from);
	return Number(value.toPrecision(4));
}

/** `path.to.field=value` arguments for a tree of fields. Empty sections and lists are values. */
export function argumentsFor(fields: FieldValues, above = ""): readonly string[] {
	return Object.entries(fields).flatMap(([name, value]) => {
		const path = above + name;
		return isSection(value) ? argumentsFor(value, `${path}.`) : [`${path}=${JSON.stringify(value)}`];
	});
}

function isSection(value: unknown): value is FieldValues {
	return (
		typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
	);
}

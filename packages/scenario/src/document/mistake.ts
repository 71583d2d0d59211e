import { type ErrorCode, FlSimError } from "@fl-sim/core";
import { excerptOf } from "./excerpt.ts";
import { type Place, placeText, positionOf } from "./place.ts";

/** Something that a user has to change, and where. */
export interface Mistake {
	readonly code: ErrorCode;
	readonly place: Place;
	/** What was found and what was expected, in one line. */
	readonly message: string;
	/** What to write instead; shown after the carets. */
	readonly hint?: string | undefined;
}

/** One error for all mistakes, in the order of the sources and of their lines. */
export function mistakesError(mistakes: readonly Mistake[], fix?: string): FlSimError {
	const sorted = inFileOrder(mistakes);
	const [first] = sorted;
	if (first === undefined) throw new RangeError("an error needs at least one mistake");
	const parts = sorted.map(mistakeText);
	const count = parts.length;
	const message = count === 1 ? parts[0] : [`${count} mistakes in the scenario`, ...parts].join("\n\n");
	const code = sorted.every((mistake) => mistake.code === first.code) ? first.code : "FL_SCENARIO_INVALID";
	const { line, column } = positionOf(first.place);
	const fields = "docs/scenarios.md lists every field";
	const defaultFix =
		code === "FL_SCENARIO_OVERRIDE"
			? `Write --set path.to.field=value; ${fields}.`
			: `${fields}; \`fl-sim validate FILE\` checks a scenario without running it.`;
	const details = { file: first.place.source.name, line, column, mistakes: count };
	return new FlSimError(code, message ?? first.message, { fix: fix ?? defaultFix, details });
}

function mistakeText({ place, message, hint }: Mistake): string {
	return `${placeText(place)}: ${message}\n${excerptOf(place, hint)}`;
}

/** The scenario file first, then what it extends, then arguments. */
function inFileOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
	return [...mistakes].sort(({ place: a }, { place: b }) => {
		if (a.source.kind !== b.source.kind) return a.source.kind === "file" ? -1 : 1;
		return a.source.order - b.source.order || a.start - b.start;
	});
}

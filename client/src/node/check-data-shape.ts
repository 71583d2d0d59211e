import { type Examples, FlSimError, visibleText } from "@fl-sim/core";
import type { DataShape } from "@fl-sim/protocol";

/** Most names of classes in an error. */
const namesShown = 20;

/**
 * Sees that data are what the run's model is made for. That the shapes are equal is not enough: a model of the right size would learn
 * wrong labels from classes in another order.
 *
 * @throws FL_DATA_MISMATCH
 */
export function checkDataShape(
	found: Pick<Examples, "featureShape" | "numClasses" | "classNames">,
	expected: DataShape,
	place: string,
): void {
	const [shape, expectedShape] = [shapeText(found.featureShape), shapeText(expected.featureShape)];
	if (shape !== expectedShape) {
		throw mismatch(place, `the examples have the shape ${shape}, the run expects ${expectedShape}`, {
			fix: "Bring the examples into the run's shape, or take part in the run that they belong to.",
		});
	}
	const { classNames: names = null, numClasses } = found;
	const { classNames: expectedNames } = expected;
	const fix =
		expectedNames === null
			? "Use data with the run's classes, numbered as there."
			: `Use data with the run's classes, in its order: ${listOf(expectedNames)}.`;
	if (numClasses !== expected.numClasses) {
		const which = names === null ? "" : ` (${listOf(names)})`;
		const problem = `the data have ${numClasses} classes${which}, the run expects ${expected.numClasses}`;
		throw mismatch(place, problem, { fix });
	}
	const other =
		names === null ? -1 : (expectedNames?.findIndex((name, label) => name !== names[label]) ?? -1);
	if (names === null || expectedNames === null || other === -1) return;
	throw mismatch(
		place,
		`label ${other} is the class ${quoted(names[other])}, in the run it is ${quoted(expectedNames[other])}`,
		{ fix },
	);
}

function mismatch(place: string, problem: string, options: { readonly fix: string }): FlSimError {
	return new FlSimError("FL_DATA_MISMATCH", `${place}: ${problem}`, options);
}

function shapeText(shape: readonly number[]): string {
	return `[${shape.join(", ")}]`;
}

function listOf(names: readonly string[]): string {
	const shown = names.slice(0, namesShown).map((name) => visibleText(name));
	return names.length > namesShown ? `${shown.join(", ")}, ...` : shown.join(", ");
}

/** Names of classes may come from the server. */
function quoted(name: string | undefined): string {
	return visibleText(JSON.stringify(name ?? ""));
}

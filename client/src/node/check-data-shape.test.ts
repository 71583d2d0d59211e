import { FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { checkDataShape } from "./check-data-shape.ts";

const expected = { featureShape: [28, 28, 1], numClasses: 3, classNames: ["cat", "dog", "owl"] };

function problemOf(change: object, run: Partial<typeof expected> = {}): FlSimError | undefined {
	try {
		checkDataShape({ ...expected, ...change }, { ...expected, ...run }, "./mine");
	} catch (error) {
		if (error instanceof FlSimError) return error;
		throw error;
	}
	return undefined;
}

test("data of the run's shape and classes pass, also where one side has no names for its classes", () => {
	expect(problemOf({})).toBeUndefined();
	expect(problemOf({ classNames: undefined })).toBeUndefined();
	expect(() => checkDataShape(expected, { ...expected, classNames: null }, ".")).not.toThrow();
});

test.each([
	[
		{ featureShape: [28, 28, 3] },
		"./mine: the examples have the shape [28, 28, 3], the run expects [28, 28, 1]",
	],
	[{ featureShape: [784] }, "./mine: the examples have the shape [784], the run expects [28, 28, 1]"],
	[
		{ numClasses: 2, classNames: ["cat", "owl"] },
		"./mine: the data have 2 classes (cat, owl), the run expects 3",
	],
	[{ numClasses: 4, classNames: undefined }, "./mine: the data have 4 classes, the run expects 3"],
	[{ classNames: ["dog", "cat", "owl"] }, './mine: label 0 is the class "dog", in the run it is "cat"'],
	[{ classNames: ["cat", "dog", "Owl"] }, './mine: label 2 is the class "Owl", in the run it is "owl"'],
])("%o is refused, with what was found and what was expected", (change, message) => {
	const problem = problemOf(change);
	expect(problem).toMatchObject({ code: "FL_DATA_MISMATCH", exitCode: 2, message });
	if (!("featureShape" in change)) expect(problem?.fix).toContain("in its order: cat, dog, owl");
});

test("names from the server do nothing to a terminal, and many of them are cut short", () => {
	const names = Array.from({ length: 30 }, (_, label) => `${label}\u001b[2J`);
	const problem = problemOf(
		{ numClasses: 30, classNames: names.toReversed() },
		{ numClasses: 30, classNames: names },
	);
	expect(`${problem?.message}${problem?.fix}`).not.toContain("\u001b");
	expect(problem?.fix).toMatch(/, 19\\u001b\[2J, \.\.\.\.$/);
});

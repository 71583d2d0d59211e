import { expect, test } from "vitest";
import { gatherBatch, positionsOf } from "./examples.ts";
import { plainWorkspace } from "./training-workspace.ts";
import { plainArithmetic } from "./vector-arithmetic.ts";

test("vectors are zeros or copies of their own", () => {
	const workspace = plainWorkspace(3);
	expect(workspace.vector()).toEqual(new Float32Array(3));
	const values = Float32Array.of(1, 2, 3);
	const copy = workspace.vector(values);
	expect(copy).toEqual(values);
	copy[0] = 9;
	expect(values[0]).toBe(1);
	expect(workspace.vector(values)[0]).toBe(1);
	workspace.close();
	expect(copy).toEqual(Float32Array.of(9, 2, 3));
});

test("batches are those of gatherBatch, and arithmetic is the plain one", () => {
	const examples = {
		numExamples: 4,
		featureShape: [2],
		features: { kind: "floats", values: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) },
		labels: Int32Array.of(0, 1, 2, 0),
		numClasses: 3,
	} as const;
	const view = { examples, indices: Uint32Array.of(3, 1, 0) };
	const workspace = plainWorkspace(1);
	const batch = workspace.gather(view, positionsOf(3), 1, 3);
	expect(batch).toEqual(gatherBatch(view, positionsOf(3), 1, 3));
	expect(batch).toEqual({ size: 2, features: Float32Array.of(3, 4, 1, 2), labels: Int32Array.of(1, 0) });
	expect(workspace.arithmetic).toBe(plainArithmetic);
});

test("a difference is a new vector", () => {
	const workspace = plainWorkspace(2);
	const params = workspace.vector(Float32Array.of(3, 1));
	const start = Float32Array.of(1, 5);
	expect(workspace.difference(params, start)).toEqual(Float32Array.of(2, -4));
	expect([params, start]).toEqual([Float32Array.of(3, 1), Float32Array.of(1, 5)]);
});

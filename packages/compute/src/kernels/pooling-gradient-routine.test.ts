import { expect, test } from "vitest";
import { expectRoutine, referenceValues, valuesOf } from "./bound-routine.fixture.ts";
import { eighths, runKernel, tf } from "./kernel-agreement.fixture.ts";
import { averagePoolGradient, maxPoolGradient } from "./pooling-gradient-routine.ts";
import { machine, place } from "./routine-runs.fixture.ts";

test("bound gradients of pooling are right", () => {
	const x: [number, number, number, number] = [2, 4, 6, 5];
	const shape = tf.backend_util.computePool2DInfo(x, 2, 2, 1, "valid");
	const attributes = { filterSize: 2, strides: 2, pad: "valid" };
	expectRoutine(averagePoolGradient(shape), [shape.outShape], (dy) =>
		runKernel("AvgPoolGrad", { dy, input: tf.zeros(x) }, attributes),
	);
	// Where all pixels are alike, the first of each window gets the slope.
	const alike = new Float32Array(2 * 4 * 6 * 5).fill(1);
	const dy = eighths(shape.outShape, 1);
	const placed = place([
		alike,
		alike.slice(0, dy.values.length),
		valuesOf(dy),
		alike,
		...maxPoolGradient(shape).scratch.map((bytes) => new Float32Array(bytes / 4)),
	]);
	maxPoolGradient(shape).bind(machine, placed.addresses.slice(0, 4), placed.addresses.slice(4))();
	const expected = referenceValues([dy], (slopes) =>
		runKernel("MaxPoolGrad", { dy: slopes, input: tf.ones(x), output: tf.ones(shape.outShape) }, attributes),
	);
	expect([...placed.values(3)]).toEqual([...expected]);
});

import type { Tensor1D } from "@tensorflow/tfjs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { eighths, expectAgreement, operand, runKernel, tf } from "./kernel-agreement.fixture.ts";

test("the rows of each segment are summed; those of segments that do not exist are left out", () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -2, max: 6 }), { minLength: 1, maxLength: 30 }),
			fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 }),
			fc.integer({ min: 1, max: 5 }),
			fc.nat(),
			(segments, rowShape, numSegments, seed) => {
				expectAgreement(
					[
						eighths([segments.length, ...rowShape], seed),
						operand([segments.length], (row) => segments[row] as number, "int32"),
					],
					(x, segmentIds) => tf.unsortedSegmentSum(x, segmentIds as Tensor1D, numSegments),
				);
			},
		),
		{ numRuns: 200 },
	);
});

test("the gradient of looking up rows adds up what each row was used for", () => {
	const indices = [2, 0, 2, 2, 5];
	expectAgreement([eighths([6, 3], 1), eighths([indices.length, 3], 2)], (table, slopes) =>
		tf.grad((rows) => tf.mul(tf.gather(rows, tf.tensor1d(indices, "int32")), slopes))(table),
	);
});

test("segments that do not fit the rows are refused", () => {
	void tf.setBackend("wasm");
	tf.tidy(() => {
		const inputs = { x: tf.ones([3, 2]), segmentIds: tf.tensor1d([0, 1], "int32") };
		expect(() => runKernel("UnsortedSegmentSum", inputs, { numSegments: 2 })).toThrow(/one segment for each/);
	});
});

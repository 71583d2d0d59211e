import fc from "fast-check";
import { expect, test } from "vitest";
import { eighths, expectAgreement, operand, tf } from "./kernel-agreement.fixture.ts";
import { sizeOf } from "./wasm-backend.ts";

const numRuns = 200;

/** Pairs of shapes of up to six dimensions that broadcast, which either may lack at the front or repeat. */
const broadcasts = fc
	.record({
		dimensions: fc.array(
			fc.record({
				extent: fc.constantFrom<number[]>(1, 2, 3, 4, 9),
				aMoves: fc.boolean(),
				bMoves: fc.boolean(),
			}),
			{ maxLength: 6 },
		),
		lacking: fc.integer({ min: 0, max: 3 }),
		isFirstShorter: fc.boolean(),
	})
	.map(({ dimensions, lacking, isFirstShorter }) => {
		const a = dimensions.map(({ extent, aMoves }) => (aMoves ? extent : 1));
		const b = dimensions.map(({ extent, bMoves }) => (bMoves ? extent : 1));
		const shorter = Math.min(lacking, dimensions.length);
		return isFirstShorter ? { a: a.slice(shorter), b } : { a, b: b.slice(shorter) };
	})
	.filter(({ a, b }) => sizeOf(tf.broadcast_util.assertAndGetBroadcastShape(a, b)) <= 20_000);

test("sums, differences and products of tensors that broadcast are equal", () => {
	fc.assert(
		fc.property(broadcasts, fc.constantFrom("add", "sub", "mul"), fc.nat(), ({ a, b }, name, seed) => {
			expectAgreement([eighths(a, seed), eighths(b, seed + 1)], (left, right) => tf[name](left, right));
		}),
		{ numRuns },
	);
});

test("quotients of tensors that broadcast are equal, infinity and 0 / 0 included", () => {
	fc.assert(
		fc.property(broadcasts, fc.nat(), ({ a, b }, seed) => {
			expectAgreement([eighths(a, seed), eighths(b, seed + 1)], (left, right) => tf.div(left, right));
		}),
		{ numRuns },
	);
});

test("a tensor is combined with itself", () => {
	for (const name of ["add", "sub", "mul", "div"] as const) {
		expectAgreement([operand([5, 3], (index) => index + 1)], (x) => tf[name](x, x));
	}
});

test("integers, mixed types and tensors without values are combined too", () => {
	const integers = operand([3, 5], (index) => index - 7, "int32");
	const more = operand([5], (index) => index + 1, "int32");
	for (const name of ["add", "sub", "mul"] as const) {
		expectAgreement([integers, more], (left, right) => tf[name](left, right));
		expectAgreement([integers, eighths([5], 1)], (left, right) => tf[name](left, right));
		expectAgreement([eighths([0, 5], 1), eighths([5], 1)], (left, right) => tf[name](left, right));
	}
	expectAgreement([integers, eighths([5], 1)], (left, right) => tf.div(left, right));
});

test("shapes that do not broadcast are refused", () => {
	void tf.setBackend("wasm");
	tf.tidy(() => {
		expect(() => tf.add(tf.ones([2, 3]), tf.ones([2]))).toThrow(/broadcast/);
	});
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { eighths, expectAgreement, normals, operand, runKernel, tf } from "./kernel-agreement.fixture.ts";

const numRuns = 200;

const extents = {
	m: fc.integer({ min: 1, max: 19 }),
	depth: fc.integer({ min: 1, max: 19 }),
	n: fc.integer({ min: 1, max: 19 }),
	transposeA: fc.boolean(),
	transposeB: fc.boolean(),
	seed: fc.nat(),
};

interface Factors {
	readonly m: number;
	readonly depth: number;
	readonly n: number;
	readonly transposeA: boolean;
	readonly transposeB: boolean;
}

function shapes({ m, depth, n, transposeA, transposeB }: Factors): { a: number[]; b: number[] } {
	return { a: transposeA ? [depth, m] : [m, depth], b: transposeB ? [n, depth] : [depth, n] };
}

test("products of matrices are right in every orientation, and for one matrix against many", () => {
	const batches = fc.constantFrom(
		{ a: [], b: [] },
		{ a: [1], b: [1] },
		{ a: [3], b: [3] },
		{ a: [3], b: [1] },
		{ a: [1], b: [3] },
		{ a: [2, 2], b: [2, 2] },
		{ a: [2, 2], b: [] },
		{ a: [], b: [2, 3] },
		{ a: [1, 1], b: [3] },
	);
	fc.assert(
		fc.property(fc.record({ ...extents, batches }), (product) => {
			const { transposeA, transposeB, seed, batches: leading } = product;
			const { a, b } = shapes(product);
			expectAgreement(
				[eighths([...leading.a, ...a], seed), eighths([...leading.b, ...b], seed + 1)],
				(left, right) => tf.matMul(left, right, transposeA, transposeB),
			);
		}),
		{ numRuns },
	);
});

test("sums longer than a block, panels wider than the cache and the smallest extents are right", () => {
	for (const [m, depth, n] of [
		[1, 1, 1],
		[5, 700, 9],
		[9, 257, 3],
		[2, 513, 530],
		[1, 600, 300],
		[67, 1, 65],
	] as const) {
		for (const [transposeA, transposeB] of [
			[false, false],
			[false, true],
			[true, false],
			[true, true],
		] as const) {
			const { a, b } = shapes({ m, depth, n, transposeA, transposeB });
			expectAgreement([eighths(a, m), eighths(b, n)], (left, right) =>
				tf.matMul(left, right, transposeA, transposeB),
			);
		}
	}
});

test("products of numbers that float32 rounds stay within 1e-5 of the largest", () => {
	for (const [transposeA, transposeB] of [
		[false, false],
		[false, true],
		[true, false],
	] as const) {
		const { a, b } = shapes({ m: 21, depth: 3136, n: 37, transposeA, transposeB });
		expectAgreement(
			[normals(a, 1), normals(b, 2)],
			(left, right) => tf.matMul(left, right, transposeA, transposeB),
			{ tolerance: 1e-5 },
		);
	}
});

test("a fused product adds its bias before its activation", () => {
	const activation = fc.constantFrom("linear", "relu", "relu6", "elu", "sigmoid", "leakyrelu", "prelu");
	fc.assert(
		fc.property(
			fc.record({ ...extents, activation, biased: fc.boolean(), batch: fc.integer({ min: 1, max: 3 }) }),
			(product) => {
				const { transposeA, transposeB, seed, n, batch } = product;
				const { a, b } = shapes(product);
				expectAgreement(
					[
						eighths([batch, ...a], seed),
						eighths([1, ...b], seed + 1),
						eighths([n], seed + 2),
						eighths([n], seed + 3),
					],
					(left, right, bias, alpha) =>
						runKernel(
							"_FusedMatMul",
							{
								a: left,
								b: right,
								...(product.biased && { bias: bias }),
								...(product.activation === "prelu" && { preluActivationWeights: alpha }),
							},
							{ transposeA, transposeB, activation: product.activation, leakyreluAlpha: 0.25 },
						),
					{ tolerance: ["elu", "sigmoid"].includes(product.activation) ? 1e-6 : 0 },
				);
			},
		),
		{ numRuns },
	);
});

test("products without terms are zero, or the bias", () => {
	for (const transposed of [false, true]) {
		const { a, b } = shapes({ m: 3, depth: 0, n: 2, transposeA: transposed, transposeB: transposed });
		const attributes = { transposeA: transposed, transposeB: transposed, activation: "linear" };
		expectAgreement([eighths(a, 1), eighths(b, 2)], (left, right) =>
			tf.matMul(left, right, transposed, transposed),
		);
		expectAgreement([eighths([2, ...a], 1), eighths([2, ...b], 2), eighths([2], 3)], (left, right, bias) =>
			runKernel("_FusedMatMul", { a: left, b: right, bias }, attributes),
		);
	}
});

test("a product for which the memory has to grow is right", () => {
	const rows = 2500;
	expectAgreement([eighths([rows, 3], 1), eighths([3, rows], 2)], (left, right) =>
		tf.sum(tf.matMul(left, right), 0),
	);
});

test("factors of other types and shapes that do not fit are refused", () => {
	void tf.setBackend("wasm");
	tf.tidy(() => {
		const a = tf.tensor(operand([2, 3], (index) => index, "int32").values, [1, 2, 3], "int32");
		const b = tf.ones([1, 3, 2]);
		const attributes = { transposeA: false, transposeB: false };
		expect(() => runKernel("BatchMatMul", { a, b }, attributes)).toThrow(/int32 and float32/);
		expect(() => runKernel("BatchMatMul", { a: b, b }, attributes)).toThrow(/\[1,3,2\] and \[1,3,2\]/);
	});
});

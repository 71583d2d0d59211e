import { norm, randomStream, subtract, type Vector } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Compressor } from "./compressor.ts";
import { compressorOf } from "./compressor-of.fixture.ts";
import { numKept } from "./kept-fraction.ts";
import { uplinkCompressorOptions } from "./registry.ts";

const settings = [
	{ title: "float16", name: "float16" },
	{ title: "bfloat16", name: "bfloat16" },
	{ title: "int8", name: "int8" },
	{ title: "qsgd, 1 level", name: "qsgd", levels: 1 },
	{ title: "qsgd, buckets of 3", name: "qsgd", levels: 5, bucketSize: 3 },
	{ title: "qsgd, largest", name: "qsgd", levels: 7, bucketSize: 4, scale: "largest" },
	{ title: "top-k, a tenth", name: "top-k", fraction: 0.1 },
	{ title: "top-k, half", name: "top-k", fraction: 0.5 },
	{ title: "top-k, all", name: "top-k", fraction: 1 },
	{ title: "random-k", name: "random-k", fraction: 0.3 },
	{ title: "random-k, error feedback", name: "random-k", fraction: 0.3, errorFeedback: true },
	{ title: "sign", name: "sign" },
].map(({ title, ...options }) => ({ title, name: options.name, compressor: compressorOf(options) }));

const vectors = fc.float32Array({ minLength: 1, maxLength: 60, noNaN: true, noDefaultInfinity: true });

test("every compressor is among those that are tested here", () => {
	const names = uplinkCompressorOptions.options.map(({ shape }) => shape.name.value);
	expect(new Set(settings.map(({ name }) => name))).toEqual(new Set(names));
});

describe.each(settings)("$title", ({ name, compressor }) => {
	const through = (values: Vector, seed = 1): Vector =>
		compressor.decode(compressor.encode(values, randomStream(seed, name)), values.length);

	test("takes as many bytes as it says, whatever the values, and gives as many finite values back", () => {
		fc.assert(
			fc.property(vectors, (values) => {
				const bytes = compressor.encode(values, randomStream(1, name));
				expect(bytes).toHaveLength(compressor.numBytes(values.length));
				const decoded = compressor.decode(bytes, values.length);
				expect(decoded).toHaveLength(values.length);
				expect(name === "random-k" || decoded.every(Number.isFinite)).toBe(true); // n / k may be too much for float32
			}),
		);
	});

	test("reads its bytes wherever they lie, and changes neither them nor the values", () => {
		fc.assert(
			fc.property(vectors, fc.integer({ min: 1, max: 7 }), (values, offset) => {
				const before = values.slice();
				const bytes = compressor.encode(values, randomStream(1, name));
				expect(values).toEqual(before);
				const memory = new Uint8Array(bytes.length + offset + 3).fill(255);
				memory.set(bytes, offset);
				const moved = memory.subarray(offset, offset + bytes.length);
				expect(compressor.decode(moved, values.length)).toEqual(compressor.decode(bytes, values.length));
				expect(moved).toEqual(bytes);
			}),
		);
	});

	test("nothing stays nothing", () => {
		const zeros = new Float32Array(20);
		expect(through(zeros).map(Math.abs)).toEqual(zeros);
	});
});

/** Normal values with one that is far larger than the others, as updates have them. */
function sample(length: number): Vector {
	const random = randomStream(7, "sample");
	return Float32Array.from({ length }, (_, i) => (i === 3 ? 9 : random.normal()));
}

const unbiased = settings.filter(
	({ name, compressor }) => !compressor.needsErrorFeedback && !name.endsWith("float16"),
);

describe.each(unbiased)("the mean of $title", ({ compressor }) => {
	test("over many draws is what was given, within 4 standard errors", () => {
		const values = sample(11);
		const random = randomStream(3, "draws");
		const draws = 20_000;
		const sums = new Float64Array(values.length);
		const squares = new Float64Array(values.length);
		for (let draw = 0; draw < draws; draw++) {
			const decoded = compressor.decode(compressor.encode(values, random), values.length);
			for (let i = 0; i < values.length; i++) {
				const error = (decoded[i] as number) - (values[i] as number);
				sums[i] = (sums[i] as number) + error;
				squares[i] = (squares[i] as number) + error * error;
			}
		}
		expect(squares.some((square) => square > 0)).toBe(true); // it is random at all
		for (let i = 0; i < values.length; i++) {
			const standardError = Math.sqrt((squares[i] as number) / draws / draws);
			expect(Math.abs((sums[i] as number) / draws)).toBeLessThanOrEqual(4 * standardError + 1e-6);
		}
	});
});

/** Squared length of what is lost, as a share of the squared length of what was given. */
function lossOf(compressor: Compressor, values: Vector, seed = 1): number {
	const decoded = compressor.decode(compressor.encode(values, randomStream(seed, "loss")), values.length);
	return (norm(subtract(values, decoded)) / norm(values)) ** 2;
}

const normals = fc
	.tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 200 }))
	.map(([seed, length]) => {
		const random = randomStream(seed, "normals");
		return Float32Array.from({ length }, () => random.normal());
	});

test("top-k loses at most 1 - k / n, and no other k coordinates would lose less", () => {
	fc.assert(
		fc.property(normals, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, fraction) => {
			const compressor = compressorOf({ name: "top-k", fraction });
			const k = numKept(fraction, values.length);
			const squares = Float64Array.from(values, (value) => value * value).sort();
			const least = squares.subarray(0, values.length - k).reduce((sum, square) => sum + square, 0);
			const loss = lossOf(compressor, values);
			expect(loss).toBeLessThanOrEqual(1 - k / values.length + 1e-6);
			expect(loss).toBeCloseTo(least / norm(values) ** 2, 5);
		}),
	);
});

test("the signs lose 1 - ||p||_1^2 / (n ||p||_2^2)", () => {
	fc.assert(
		fc.property(normals, (values) => {
			const sum = values.reduce((total, value) => total + Math.abs(value), 0);
			const delta = sum ** 2 / (values.length * norm(values) ** 2);
			expect(lossOf(compressorOf({ name: "sign" }), values)).toBeCloseTo(1 - delta, 5);
		}),
	);
});

test("random-k loses 1 - k / n on average as it is, and n / k - 1 when scaled", () => {
	const values = sample(40);
	const meanLoss = (errorFeedback: boolean): number => {
		const compressor = compressorOf({ name: "random-k", fraction: 0.25, errorFeedback });
		let sum = 0;
		for (let seed = 0; seed < 4000; seed++) sum += lossOf(compressor, values, seed);
		return sum / 4000;
	};
	expect(meanLoss(true)).toBeCloseTo(0.75, 1);
	expect(Math.abs(meanLoss(false) - 3)).toBeLessThan(0.15);
});

test.each([1, 3, 10, 100])("QSGD with %d levels varies by at most min(n / s^2, sqrt(n) / s)", (levels) => {
	const values = sample(64);
	const compressor = compressorOf({ name: "qsgd", levels, bucketSize: 64 });
	let sum = 0;
	for (let seed = 0; seed < 500; seed++) sum += lossOf(compressor, values, seed);
	expect(sum / 500).toBeLessThanOrEqual(Math.min(64 / levels ** 2, 8 / levels));
	expect(sum).toBeGreaterThan(0);
});

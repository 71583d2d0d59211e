import { FlSimError, randomStream, type Vector } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { packBits } from "./bit-packing.ts";
import type { Compressor } from "./compressor.ts";
import { compressorOf } from "./compressor-of.fixture.ts";

const random = () => randomStream(1, "test");
const through = (compressor: Compressor, values: Vector): Vector =>
	compressor.decode(compressor.encode(values, random()), values.length);

test("float16 keeps what has 11 significant bits, is off by half of the last at most, and is never infinite", () => {
	const float16 = compressorOf({ name: "float16" });
	const exact = Float32Array.of(0, -0, 1, -1.5, 2 ** -14, 2 ** -24, 2047, -65_504, 3.140625);
	expect(through(float16, exact)).toEqual(exact);
	const ties = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65_520, -1e10, 2 ** -26);
	expect(through(float16, ties)).toEqual(Float32Array.of(1, 1 + 2 ** -9, 65_504, -65_504, 0));
	fc.assert(
		fc.property(fc.float({ noNaN: true, min: Math.fround(2 ** -14), max: 65_504 }), (value) => {
			const [rounded = 0] = through(float16, Float32Array.of(value));
			expect(Math.abs(rounded - value) / value).toBeLessThanOrEqual(2 ** -11);
		}),
	);
});

const bfloat16 = compressorOf({ name: "bfloat16" });

test("bfloat16 keeps what has 8 significant bits, and is never further off than half of the last of them", () => {
	const exact = Float32Array.of(0, -0, 1, -1.5, 2 ** -126, 2 ** -133, 255, -(2 ** 127), 3.140625);
	expect(through(bfloat16, exact)).toEqual(exact);
	fc.assert(
		fc.property(
			fc.float({ noNaN: true, noDefaultInfinity: true, min: 2 ** -120, max: 2 ** 127 }),
			(value) => {
				const [rounded = 0] = through(bfloat16, Float32Array.of(value));
				expect(Math.abs(rounded - value) / value).toBeLessThanOrEqual(2 ** -8);
			},
		),
	);
});

test("bfloat16 takes the even one of two that are as near, and the largest finite one instead of infinity", () => {
	const ties = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, -(1 + 2 ** -8), 3.4028234663852886e38);
	expect(through(bfloat16, ties)).toEqual(Float32Array.of(1, 1 + 2 ** -6, -1, 255 * 2 ** 120));
});

test("int8 keeps the extremes, and rounds others to one of the two levels beside them", () => {
	fc.assert(
		fc.property(
			fc.float32Array({ minLength: 2, maxLength: 30, noNaN: true, min: -1000, max: 1000 }),
			(values) => {
				const decoded = through(compressorOf({ name: "int8" }), values);
				const [low, high] = [Math.min(...values), Math.max(...values)];
				expect(Math.min(...decoded)).toBe(low);
				expect(Math.max(...decoded)).toBe(high);
				for (const [i, value] of values.entries()) {
					expect(Math.abs((decoded[i] as number) - value)).toBeLessThanOrEqual((high - low) / 255 + 1e-4);
				}
			},
		),
	);
});

test("QSGD keeps a bucket with one value that is not 0, whatever the number of levels", () => {
	fc.assert(
		fc.property(
			fc.float({ noNaN: true, min: -(2 ** 60), max: 2 ** 60 }).filter((value) => Math.abs(value) > 2 ** -60),
			fc.integer({ min: 1, max: 100 }),
			fc.nat(9),
			(value, levels, place) => {
				const values = new Float32Array(10);
				values[place] = value;
				const compressor = compressorOf({ name: "qsgd", levels, bucketSize: 10, scale: "euclidean" });
				expect(through(compressor, values).map((each) => each + 0)).toEqual(values);
			},
		),
	);
});

test("QSGD gives multiples of the scale's s-th part, at most the scale", () => {
	const values = Float32Array.from({ length: 50 }, () => 0).map((_, i) => Math.sin(7 * i));
	const levels = 5;
	const compressor = compressorOf({ name: "qsgd", levels, bucketSize: 50, scale: "largest" });
	const largest = Math.max(...values.map(Math.abs));
	for (const value of through(compressor, values)) {
		const level = (Math.abs(value) / largest) * levels;
		expect(level).toBeCloseTo(Math.round(level), 5);
		expect(level).toBeLessThan(levels + 1e-5);
	}
});

test("QSGD takes 4 bytes a bucket and 1 + ceil(log2(s + 1)) bits a value", () => {
	const bytesWith = (levels: number) =>
		compressorOf({ name: "qsgd", levels, bucketSize: 512, scale: "euclidean" }).numBytes(1000);
	expect([1, 3, 4, 7, 127].map(bytesWith)).toEqual([8 + 250, 8 + 375, 8 + 500, 8 + 500, 8 + 1000]);
});

const topK = (fraction: number) => compressorOf({ name: "top-k", fraction });

test("top-k keeps the largest magnitudes exactly, the first of equal ones, and nothing else", () => {
	const values = Float32Array.of(0.5, -3, 1, 3, -1, 1, 0, 0);
	expect(through(topK(3 / 8), values)).toEqual(Float32Array.of(0, -3, 1, 3, 0, 0, 0, 0));
	expect(through(topK(1), values)).toEqual(values);
	expect(through(topK(0.01), values)).toEqual(Float32Array.of(0, -3, 0, 0, 0, 0, 0, 0));
});

test("top-k tells positions in the cheaper way: a bitmap, packed numbers, or not at all", () => {
	expect(topK(0.1).numBytes(1000)).toBe(400 + 125); // 100 numbers of 10 bits are as much
	expect(topK(0.05).numBytes(1000)).toBe(200 + 63); // 50 numbers of 10 bits
	expect(topK(1).numBytes(1000)).toBe(4000);
});

test("a share of the values is not one more because of floating point", () => {
	expect(topK(0.07).numBytes(100)).toBe(4 * 7 + 7); // 0.07 * 100 is more than 7
});

test("positions that top-k never writes are refused", () => {
	const refused = (fraction: number, positions: Uint8Array, length: number): void => {
		const compressor = topK(fraction);
		const bytes = new Uint8Array(compressor.numBytes(length));
		bytes.set(positions, bytes.length - positions.length);
		expect(() => compressor.decode(bytes, length)).toThrow(FlSimError);
	};
	refused(0.02, packBits([5, 5], 7), 100); // twice the same
	refused(0.02, packBits([9, 5], 7), 100); // not ascending
	refused(0.02, packBits([5, 120], 7), 100); // beyond the end
	refused(0.5, Uint8Array.of(0b111), 4); // three of two
	refused(0.5, Uint8Array.of(0b1), 4); // one of two
});

test("levels that QSGD does not have are refused", () => {
	const compressor = compressorOf({ name: "qsgd", levels: 4, bucketSize: 2, scale: "largest" });
	const bytes = Uint8Array.of(0, 0, 128, 63, ...packBits([5, 0], 4));
	expect(() => compressor.decode(bytes, 2)).toThrow(/level 5 of 4/);
});

test("random-k sends values as they are or n / k times as large, at positions that change", () => {
	const values = Float32Array.from({ length: 10 }, (_, i) => i + 1);
	for (const errorFeedback of [true, false]) {
		const compressor = compressorOf({ name: "random-k", fraction: 0.2, errorFeedback });
		const stream = random();
		const places = new Set<number>();
		for (let draw = 0; draw < 100; draw++) {
			const decoded = compressor.decode(compressor.encode(values, stream), 10);
			const sent = [...decoded.entries()].filter(([, value]) => value !== 0);
			expect(sent).toHaveLength(2);
			for (const [i, value] of sent) {
				expect(value).toBe((i + 1) * (errorFeedback ? 1 : 5));
				places.add(i);
			}
		}
		expect(places.size).toBe(10);
		expect(compressor.numBytes(10)).toBe(8 + 4 * 2);
	}
});

test("the signs are those of the values, 0 counting as positive, times the mean magnitude", () => {
	const compressor = compressorOf({ name: "sign" });
	expect(through(compressor, Float32Array.of(1, -4, 0, 3))).toEqual(Float32Array.of(2, -2, 2, 2));
	expect(compressor.numBytes(9)).toBe(4 + 2);
});

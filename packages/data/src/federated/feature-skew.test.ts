import fc from "fast-check";
import { expect, test } from "vitest";
import { clientTransforms } from "./feature-skew.ts";
import { noiseTransform } from "./noise.ts";
import { rotationTransform } from "./rotation.ts";

const image = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => i);

function turned(degrees: number, shape: readonly number[], pixels: Float32Array): Float32Array {
	const copy = Float32Array.from(pixels);
	rotationTransform(degrees, shape)(copy, 0);
	return copy;
}

test("a quarter turn is counterclockwise and keeps channels together", () => {
	expect([...turned(90, [2, 2], Float32Array.from([1, 2, 3, 4]))]).toEqual([2, 4, 1, 3]);
	expect([...turned(90, [2, 2, 2], Float32Array.from([1, 10, 2, 20, 3, 30, 4, 40]))]).toEqual([
		2, 20, 4, 40, 1, 10, 3, 30,
	]);
	expect([...turned(180, [1, 3], Float32Array.from([1, 2, 3]))]).toEqual([3, 2, 1]);
	expect([...turned(180, [2, 3], Float32Array.from([1, 2, 3, 4, 5, 6]))]).toEqual([6, 5, 4, 3, 2, 1]);
	expect(turned(-90, [3, 3], image(9))).toEqual(turned(270, [3, 3], image(9)));
});

test("four quarter turns, and two half turns, are the identity", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }), (side, channels) => {
			const shape = [side, side, channels];
			const pixels = image(side * side * channels);
			const once = turned(90, shape, pixels);
			const twice = turned(90, shape, once);
			expect(twice).toEqual(turned(180, shape, pixels));
			expect(turned(90, shape, turned(90, shape, twice))).toEqual(pixels);
		}),
	);
});

test("other angles agree with quarter turns where they meet, keep constants, and turn the same way", () => {
	const near = turned(89.9999, [5, 5, 1], image(25));
	turned(90, [5, 5, 1], image(25)).forEach((value, i) => expect(near[i]).toBeCloseTo(value, 3));
	const flat = new Float32Array(25).fill(3);
	expect(turned(33, [5, 5, 1], flat).every((value) => Math.abs(value - 3) < 1e-6)).toBe(true);
	const wide = turned(90, [3, 5, 1], image(15));
	expect(wide.every(Number.isFinite)).toBe(true);
	expect(wide[7]).toBeCloseTo(7, 5);
});

test("noise is the same at each access, and different for clients, examples and seeds", () => {
	const noiseOf = (client: number, example: number, seed = 1): Float32Array => {
		const features = new Float32Array(7);
		noiseTransform({ deviation: 1, seed, client })(features, example);
		return features;
	};
	expect(noiseOf(3, 5)).toEqual(noiseOf(3, 5));
	expect(noiseOf(3, 5)).not.toEqual(noiseOf(4, 5));
	expect(noiseOf(3, 5)).not.toEqual(noiseOf(3, 6));
	expect(noiseOf(3, 5)).not.toEqual(noiseOf(3, 5, 2));
});

test("noise is standard normal times the deviation, uncorrelated between neighbours", () => {
	const transform = noiseTransform({ deviation: 2, seed: 1, client: 0 });
	let [sum, squares, fourths, products] = [0, 0, 0, 0];
	const [numExamples, width] = [400, 100];
	for (let example = 0; example < numExamples; example++) {
		const features = new Float32Array(width);
		transform(features, example);
		features.forEach((value, i) => {
			sum += value;
			squares += value ** 2;
			fourths += value ** 4;
			products += value * (features[(i + 1) % width] as number);
		});
	}
	const n = numExamples * width;
	expect(Math.abs(sum / n)).toBeLessThan(0.05);
	expect(squares / n / 4).toBeCloseTo(1, 1);
	expect(fourths / n / 16 / 3).toBeCloseTo(1, 1);
	expect(Math.abs(products / n / 4)).toBeLessThan(0.02);
});

test("the noise level rises from 0 at the first client to `level` at the last", () => {
	const transformOf = clientTransforms([{ name: "noise", level: 4 }], {
		numClients: 5,
		featureShape: [2_000],
		seed: 1,
	});
	expect(transformOf(0)).toBeUndefined();
	for (const client of [1, 2, 4]) {
		const features = new Float32Array(2_000);
		transformOf(client)?.(features, 0);
		const deviation = Math.sqrt(features.reduce((sum, value) => sum + value ** 2, 0) / features.length);
		expect(deviation / client).toBeCloseTo(1, 1);
	}
	const alone = clientTransforms([{ name: "noise", level: 4 }], {
		numClients: 1,
		featureShape: [2],
		seed: 1,
	});
	expect(alone(0)).toBeUndefined();
});

test("client k turns by the angle of group k mod groups; skews apply in order", () => {
	const place = { numClients: 5, featureShape: [2, 2, 1], seed: 1 };
	const rotation = { name: "rotation", degrees: 90, groups: 4 } as const;
	const apply = (transform: ((features: Float32Array, example: number) => void) | undefined): number[] => {
		const features = Float32Array.from([1, 2, 3, 4]);
		transform?.(features, 0);
		return [...features];
	};
	const transformOf = clientTransforms([rotation], place);
	expect(apply(transformOf(0))).toEqual([1, 2, 3, 4]);
	expect(apply(transformOf(1))).toEqual([2, 4, 1, 3]);
	expect(apply(transformOf(3))).toEqual([3, 1, 4, 2]);
	expect(transformOf(4)).toBeUndefined();
	const both = clientTransforms([rotation, rotation], place);
	expect(apply(both(1))).toEqual([4, 3, 2, 1]);
});

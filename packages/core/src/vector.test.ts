import { expect, test } from "vitest";
import { axpy, dot, firstNotFinite, norm, subtract } from "./vector.ts";

test("vector arithmetic by hand", () => {
	expect(subtract(Float32Array.of(3, 1), Float32Array.of(1, 4))).toEqual(Float32Array.of(2, -3));
	expect(axpy(2, Float32Array.of(1, -1), Float32Array.of(10, 10))).toEqual(Float32Array.of(12, 8));
	expect(dot(Float32Array.of(1, 2), Float32Array.of(3, 4))).toBe(11);
	expect(norm(Float32Array.of(3, 4))).toBe(5);
});

test("dot accumulates in float64: 2^24 + 1 is not lost", () => {
	expect(dot(Float32Array.of(16777216, 1), Float32Array.of(1, 1))).toBe(16777217);
});

test("the first value that is not finite is found at any place of a long vector", () => {
	const length = 2 * 4096 + 7;
	for (const place of [0, 1, 2, 3, 4095, 4096, 8191, 8192, length - 4, length - 1]) {
		for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
			const x = new Float32Array(length).fill(-3e38);
			x[place] = value;
			if (place + 1 < length) x[place + 1] = Number.NaN;
			expect(firstNotFinite(x)).toBe(place);
		}
	}
	expect(firstNotFinite(new Float32Array(length).fill(3e38))).toBe(-1);
});

test("the first value that is not finite is found", () => {
	expect(firstNotFinite(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY))).toBe(1);
	expect(firstNotFinite(Float32Array.of(1, 2))).toBe(-1);
});

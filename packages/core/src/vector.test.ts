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

test("the first value that is not finite is found", () => {
	expect(firstNotFinite(Float32Array.of(1, Number.NaN, Number.POSITIVE_INFINITY))).toBe(1);
	expect(firstNotFinite(Float32Array.of(1, 2))).toBe(-1);
});

import { randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { fillInitialValues, glorotUniform, heUniform, zeroValues } from "./initial-values.ts";

test("He's limit is the root of 6 over the inputs", () => {
	expect(heUniform(24, 100)).toEqual({ kind: "uniform", limit: 0.5 });
});

test("Glorot's limit is the root of 6 over inputs and outputs together", () => {
	expect(glorotUniform(20, 4)).toEqual({ kind: "uniform", limit: 0.5 });
});

test("uniform values fill the interval evenly", () => {
	const values = new Float32Array(10_000);
	fillInitialValues(values, { kind: "uniform", limit: 0.5 }, randomStream(1));
	const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
	const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
	expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.5);
	expect(Math.abs(mean)).toBeLessThan(0.015); // five standard errors
	expect(variance).toBeCloseTo(1 / 12, 2); // (2 limit)^2 / 12
});

test("constant values overwrite what was there", () => {
	const values = Float32Array.of(1, 2);
	fillInitialValues(values, zeroValues, randomStream(1));
	expect([...values]).toEqual([0, 0]);
});

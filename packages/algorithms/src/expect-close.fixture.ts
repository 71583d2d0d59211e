import type { Vector } from "@fl-sim/core";
import { expect } from "vitest";

/** Each coordinate agrees to so many decimal digits. */
export function expectClose(actual: Vector, expected: Vector, digits: number): void {
	expect(actual).toHaveLength(expected.length);
	for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i] as number, digits);
}

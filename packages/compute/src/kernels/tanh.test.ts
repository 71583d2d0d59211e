import { expect, test } from "vitest";
import { expectAgreement, operand, tf } from "./kernel-agreement.fixture.ts";

function tanhOnWasm(values: Float32Array): Float32Array {
	void tf.setBackend("wasm");
	return tf.tidy(() => Float32Array.from(tf.tanh(tf.tensor1d(values)).dataSync()));
}

test("tanh is within 3e-7 of the value itself, near zero, in the bend and where it saturates", () => {
	// Magnitudes from 1e-30 to 30, of both signs.
	const x = Float32Array.from({ length: 20_001 }, (_, index) => {
		const magnitude = 10 ** (-30 + (31.5 * (index >> 1)) / 10_000);
		return index % 2 === 0 ? magnitude : -magnitude;
	});
	const found = tanhOnWasm(x);
	let worst = 0;
	for (const [index, value] of x.entries()) {
		const expected = Math.tanh(value);
		worst = Math.max(worst, Math.abs((found[index] as number) - expected) / Math.abs(expected));
	}
	expect(worst).toBeLessThan(3e-7);
});

test("tanh never leaves [-1, 1] and does not fall", () => {
	const x = Float32Array.from({ length: 20_001 }, (_, index) => (index - 10_000) / 1000);
	const found = tanhOnWasm(x);
	expect(Math.max(...found)).toBe(1);
	expect(Math.min(...found)).toBe(-1);
	for (const [index, value] of found.entries()) {
		if (index > 0) expect(value).toBeGreaterThanOrEqual((found[index - 1] as number) - 1.2e-7);
	}
});

test("zeros, infinities and what is not a number keep their meaning", () => {
	const special = Float32Array.of(0, -0, Infinity, -Infinity, Number.NaN, 1e-45, 3e38);
	expect(tanhOnWasm(special)).toEqual(Float32Array.of(0, -0, 1, -1, Number.NaN, 1e-45, 1));
});

test("values that do not fill a vector are covered", () => {
	for (const length of [0, 1, 3, 4, 5, 7, 8, 17]) {
		expectAgreement([operand([length], (index) => (index - 3) / 4)], (x) => tf.tanh(x), { tolerance: 3e-7 });
	}
});

import { describe, expect, test } from "vitest";
import { eighths, expectAgreement, operand, runKernel, tf } from "./kernel-agreement.fixture.ts";

const operands = {
	float32: eighths([3, 5], 1),
	int32: operand([3, 5], (index) => 64 * (index - 7), "int32"),
	bool: operand([3, 5], (index) => index % 2, "bool"),
} as const;

const types = ["float32", "int32", "bool"] as const;

describe.each(types)("of %s", (from) => {
	test("a copy has the same values", () => {
		expectAgreement([operands[from]], (x) => tf.clone(x));
		expectAgreement([operands[from]], (x) => runKernel("Identity", { x }));
	});

	test.each(types)("a conversion to %s is right", (to) => {
		expectAgreement([operands[from]], (x) => runKernel("Cast", { x }, { dtype: to }));
	});
});

test.each([
	["Identity", {}],
	["Cast", { dtype: "float32" }],
] as const)("what %s gives lives as long as it or its operand does", (name, attributes) => {
	void tf.setBackend("wasm");
	const before = tf.engine().backend.numDataIds();
	const first = tf.tensor1d([1, 2, 3]);
	const second = runKernel(name, { x: first }, attributes);
	const third = runKernel(name, { x: second }, attributes);
	first.dispose();
	expect([...second.dataSync()]).toEqual([1, 2, 3]);
	second.dispose();
	tf.tensor1d([7, 8, 9]).dispose();
	expect([...third.dataSync()]).toEqual([1, 2, 3]);
	third.dispose();
	expect(tf.engine().backend.numDataIds()).toBe(before);
});

test("words are copied too", () => {
	void tf.setBackend("wasm");
	expect(tf.tidy(() => [...tf.clone(tf.tensor1d(["one", "two"])).dataSync()])).toEqual(["one", "two"]);
});

import { expect, test } from "vitest";
import { layoutOf, layoutSignature, numTrainable, partOf } from "./layout.ts";

const layout = layoutOf([
	{ name: "conv.weight", shape: [3, 3, 1, 2], layer: "conv", kind: "weight" },
	{ name: "conv.bias", shape: [2], layer: "conv", kind: "bias" },
	{ name: "norm.mean", shape: [2], layer: "norm", kind: "buffer" },
]);

test("parts lie one after the other", () => {
	expect(layout.parts.map(({ offset, size }) => [offset, size])).toEqual([
		[0, 18],
		[18, 2],
		[20, 2],
	]);
	expect(layout.size).toBe(22);
});

test("running statistics are not trained", () => {
	expect(numTrainable(layout)).toBe(20);
});

test("a part is a view: writing to it writes to the vector", () => {
	const vector = new Float32Array(22);
	partOf(vector, layout.parts[1] as (typeof layout.parts)[0]).fill(7);
	expect([...vector.subarray(17, 21)]).toEqual([0, 7, 7, 0]);
});

test("the signature tells shapes, names and kinds apart", () => {
	const reshaped = layoutOf([{ name: "conv.weight", shape: [9, 2], layer: "conv", kind: "weight" }]);
	expect(layoutSignature(layout)).toBe("conv.weight:weight[3x3x1x2];conv.bias:bias[2];norm.mean:buffer[2]");
	expect(layoutSignature(reshaped)).not.toBe(layoutSignature(layout));
});

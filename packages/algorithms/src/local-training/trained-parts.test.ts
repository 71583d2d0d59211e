import { layoutOf } from "@fl-sim/core";
import { expect, test } from "vitest";
import { copyStatistics, moveTrained, plusTrained, scaleTrained, trainedParts } from "./trained-parts.ts";

const layout = layoutOf([
	{ name: "norm.scale", shape: [2], layer: "norm", kind: "scale" },
	{ name: "norm.mean", shape: [1], layer: "norm", kind: "buffer" },
	{ name: "dense.bias", shape: [1], layer: "dense", kind: "bias" },
]);

test("running statistics are not trained", () => {
	expect(trainedParts(layout).map(({ name }) => name)).toEqual(["norm.scale", "dense.bias"]);
});

test("the sum is taken on trained parts, in a new vector", () => {
	const x = Float32Array.of(1, 2, 3, 4);
	const y = Float32Array.of(10, 20, 30, 40);
	expect(plusTrained(x, 0.5, y, layout)).toEqual(Float32Array.of(6, 12, 3, 24));
	expect(x).toEqual(Float32Array.of(1, 2, 3, 4));
	expect(y).toEqual(Float32Array.of(10, 20, 30, 40));
});

test("running statistics are not scaled", () => {
	const values = Float32Array.of(1, 2, 3, 4);
	expect(scaleTrained(values, 0.5, layout)).toEqual(Float32Array.of(0.5, 1, 3, 2));
	expect(values).toEqual(Float32Array.of(1, 2, 3, 4));
});

test("x moves a part of the way to y, but takes over its running statistics", () => {
	const x = Float32Array.of(1, 2, 3, 4);
	const y = Float32Array.of(3, 2, 30, 0);
	moveTrained(x, 0.25, y, layout);
	expect(x).toEqual(Float32Array.of(1.5, 2, 30, 3));
	expect(y).toEqual(Float32Array.of(3, 2, 30, 0));
});

test("running statistics are copied alone", () => {
	const to = Float32Array.of(1, 2, 3, 4);
	copyStatistics(Float32Array.of(5, 6, 7, 8), to, layout);
	expect(to).toEqual(Float32Array.of(1, 2, 7, 4));
});

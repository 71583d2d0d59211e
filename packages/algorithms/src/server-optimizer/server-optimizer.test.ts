import { layoutOf, type Vector } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { serverOptimizerOptions } from "./options.ts";
import { createServerOptimizer } from "./server-optimizer.ts";

const layout = layoutOf([
	{ name: "dense.weight", shape: [2], layer: "dense", kind: "weight" },
	{ name: "norm.mean", shape: [1], layer: "norm", kind: "buffer" },
]);

/** Parameters after each of the deltas, from zero. */
function trajectory(options: unknown, deltas: readonly (readonly number[])[]): Vector[] {
	const optimizer = createServerOptimizer(serverOptimizerOptions.parse(options));
	let params: Vector = new Float32Array(layout.size);
	let state = optimizer.init(layout);
	return deltas.map((delta) => {
		const next = optimizer.step(state, params, Float32Array.from(delta), layout);
		params = next.params;
		state = next.state;
		return params;
	});
}

const expectNear = (values: Vector | undefined, expected: readonly number[]) => {
	expect(values).toHaveLength(expected.length);
	for (const [i, value] of expected.entries()) expect(values?.[i]).toBeCloseTo(value, 5);
};

test("sgd with rate 1 and no momentum adds the delta: FedAvg", () => {
	expect(trajectory({ name: "sgd" }, [[1, -2, 3]])[0]).toEqual(Float32Array.of(1, -2, 3));
});

test("momentum: v1 = 1, v2 = 0.5 * 1 + 1 = 1.5, so x = 1, 2.5", () => {
	const [first, second] = trajectory({ name: "sgd", momentum: 0.5 }, [
		[1, 0, 0],
		[1, 0, 0],
	]);
	expectNear(first, [1, 0, 0]);
	expectNear(second, [2.5, 0, 0]);
});

test("Nesterov momentum looks ahead: x = 1 + 0.5 * 1 = 1.5 after the first delta", () => {
	expectNear(trajectory({ name: "sgd", momentum: 0.5, nesterov: true }, [[1, 0, 0]])[0], [1.5, 0, 0]);
});

test("adagrad: v = 0.01 + 4, x = 1 * 2 / (sqrt(4.01) + 0.1)", () => {
	const options = { name: "adagrad", learningRate: 1, tau: 0.1 };
	expectNear(trajectory(options, [[2, 0, 0]])[0], [2 / (Math.sqrt(4.01) + 0.1), 0, 0]);
});

test("adam: m = 0.2, v = 0.99 * 0.01 + 0.01 * 4, no bias correction", () => {
	const options = { name: "adam", learningRate: 1, beta1: 0.9, beta2: 0.99, tau: 0.1 };
	expectNear(trajectory(options, [[2, 0, 0]])[0], [0.2 / (Math.sqrt(0.0499) + 0.1), 0, 0]);
});

test("yogi: v = 0.01 + 0.01 * 4 for a delta whose square is above v", () => {
	const options = { name: "yogi", learningRate: 1, beta1: 0.9, beta2: 0.99, tau: 0.1 };
	expectNear(trajectory(options, [[2, 0, 0]])[0], [0.2 / (Math.sqrt(0.05) + 0.1), 0, 0]);
});

const everyOptimizer = [
	{ name: "sgd" },
	{ name: "sgd", momentum: 0.9 },
	{ name: "adagrad" },
	{ name: "adam" },
	{ name: "yogi" },
];

test("a zero delta from the start leaves the model fixed", () => {
	for (const options of everyOptimizer)
		expect(trajectory(options, [[0, 0, 0]])[0]).toEqual(new Float32Array(3));
});

test("running statistics are averaged, not optimized", () => {
	for (const options of everyOptimizer) {
		expect(
			trajectory(options, [
				[1, 1, 0.25],
				[1, 1, 0.5],
			]).map((params) => params[2]),
		).toEqual([0.25, 0.75]);
	}
});

test("no step writes to its inputs", () => {
	const float = fc.float({ noNaN: true, noDefaultInfinity: true, min: -10, max: 10 });
	fc.assert(
		fc.property(fc.constantFrom(...everyOptimizer), fc.tuple(float, float, float), (options, values) => {
			const optimizer = createServerOptimizer(serverOptimizerOptions.parse(options));
			const params = Float32Array.from(values);
			const delta = Float32Array.from(values);
			const state = optimizer.init(layout);
			const before = structuredClone({ params, delta, state });
			optimizer.step(state, params, delta, layout);
			expect({ params, delta, state }).toEqual(before);
		}),
	);
});

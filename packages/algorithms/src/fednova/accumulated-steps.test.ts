import { type ClientOptimizer, layoutOf, plainWorkspace } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createClientOptimizer } from "../local-training/client-optimizer.ts";
import { addProximalTerm } from "../local-training/gradient-transforms.ts";
import { accumulatedSteps } from "./accumulated-steps.ts";

const sgd = (momentum: number, nesterov = false): ClientOptimizer => ({
	name: "sgd",
	momentum,
	nesterov,
	weightDecay: 0,
});
const adam: ClientOptimizer = { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };
const plain = { learningRate: 0.1, mu: 0 };
const numSteps = fc.integer({ min: 0, max: 60 });
const momentum = fc.double({ min: 0, max: 0.99, noNaN: true });

test("plain SGD: the number of steps", () => {
	fc.assert(
		fc.property(numSteps, (steps) => {
			expect(accumulatedSteps(steps, { ...plain, optimizer: sgd(0) })).toBe(steps);
		}),
	);
});

test("momentum: (K - rho (1 - rho^K) / (1 - rho)) / (1 - rho)", () => {
	expect(accumulatedSteps(3, { ...plain, optimizer: sgd(0.9) })).toBeCloseTo(1 + 1.9 + 2.71, 10);
	fc.assert(
		fc.property(numSteps, momentum, (steps, rho) => {
			const expected = (steps - (rho * (1 - rho ** steps)) / (1 - rho)) / (1 - rho);
			expect(accumulatedSteps(steps, { ...plain, optimizer: sgd(rho) })).toBeCloseTo(expected, 6);
		}),
	);
});

test("proximal SGD: the geometric sum (1 - (1 - eta mu)^K) / (eta mu)", () => {
	fc.assert(
		fc.property(numSteps, fc.double({ min: 0.01, max: 5, noNaN: true }), (steps, mu) => {
			const expected = (1 - (1 - 0.1 * mu) ** steps) / (0.1 * mu);
			expect(accumulatedSteps(steps, { optimizer: sgd(0), learningRate: 0.1, mu })).toBeCloseTo(expected, 8);
		}),
	);
});

test("every optimizer goes that many learning rates on a gradient of 1", () => {
	const layout = layoutOf([{ name: "point.weight", shape: [1], layer: "point", kind: "weight" }]);
	const mus = fc.double({ min: 0, max: 2, noNaN: true });
	fc.assert(
		fc.property(numSteps, momentum, fc.boolean(), mus, (steps, rho, nesterov, mu) => {
			for (const { optimizer, weight } of [
				{ optimizer: sgd(rho, nesterov), weight: mu },
				{ optimizer: adam, weight: 0 },
			]) {
				const params = new Float32Array(1);
				const step = createClientOptimizer(optimizer, plainWorkspace(1));
				const addTerm = addProximalTerm(weight, new Float32Array(1), layout);
				for (let k = 0; k < steps; k++) {
					const gradient = Float32Array.of(1);
					addTerm(gradient, params);
					step(params, gradient, 0.05);
				}
				const expected = accumulatedSteps(steps, { optimizer, learningRate: 0.05, mu: weight });
				const error = Math.abs(-(params[0] as number) / 0.05 - expected);
				expect(error).toBeLessThan(1e-5 * (steps + expected) + 1e-9);
			}
		}),
	);
});

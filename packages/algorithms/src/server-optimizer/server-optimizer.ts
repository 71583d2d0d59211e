import { axpy, type ServerOptimizer, type StateValue, type Vector, zeros } from "@fl-sim/core";
import type { ServerOptimizerOptions } from "./options.ts";

/** Per-coordinate state: m and v of Reddi et al. (2021), Algorithm 2; the velocity of FedAvgM is in `m`. */
interface Moments {
	readonly m: Vector;
	readonly v: Vector;
}

/** Changes the moments in place and returns the step of coordinate `i` for its mean delta. */
type CoordinateRule = (moments: Moments, i: number, delta: number) => number;

/**
 * FedAvg, FedAvgM (Hsu et al., 2019) and FedAdagrad, FedAdam, FedYogi (Reddi et al., 2021, Algorithm 2, without
 * bias correction; v starts at tau^2 there). Running statistics of the model are averaged, never optimized.
 */
export function createServerOptimizer(options: ServerOptimizerOptions): ServerOptimizer {
	if (options.name === "sgd" && options.momentum === 0) return plainStep(options.learningRate);
	const rule = coordinateRule(options);
	return {
		init(layout) {
			const v = zeros(layout.size);
			return { m: zeros(layout.size), v: options.name === "sgd" ? v : v.fill(options.tau ** 2) };
		},
		step(state, params, delta, layout) {
			const moments = momentsOf(state);
			const next = params.slice();
			for (const { offset, size, kind } of layout.parts) {
				for (let i = offset; i < offset + size; i++) {
					const change = delta[i] as number;
					next[i] = (next[i] as number) + (kind === "buffer" ? change : rule(moments, i, change));
				}
			}
			return { params: next, state: { m: moments.m, v: moments.v } };
		},
	};
}

/** x + rate delta. */
function plainStep(rate: number): ServerOptimizer {
	return {
		init: () => null,
		step(_, params, delta, layout) {
			const next = params.slice();
			for (const { offset, size, kind } of layout.parts) {
				const part = [offset, offset + size] as const;
				axpy(kind === "buffer" ? 1 : rate, delta.subarray(...part), next.subarray(...part));
			}
			return { params: next, state: null };
		},
	};
}

function momentsOf(state: StateValue): Moments {
	const { m, v } = state as { readonly m: Vector; readonly v: Vector };
	return { m: m.slice(), v: v.slice() };
}

function coordinateRule(options: ServerOptimizerOptions): CoordinateRule {
	const rate = options.learningRate;
	switch (options.name) {
		case "sgd": {
			const { momentum, nesterov } = options;
			return ({ m }, i, delta) => {
				const velocity = Math.fround(momentum * (m[i] as number) + delta);
				m[i] = velocity;
				return rate * (nesterov ? delta + momentum * velocity : velocity);
			};
		}
		case "adagrad":
			return ({ v }, i, delta) => {
				v[i] = (v[i] as number) + delta * delta;
				return (rate * delta) / (Math.sqrt(v[i]) + options.tau);
			};
		case "adam":
			return ({ m, v }, i, delta) => {
				m[i] = options.beta1 * (m[i] as number) + (1 - options.beta1) * delta;
				v[i] = options.beta2 * (v[i] as number) + (1 - options.beta2) * delta * delta;
				return (rate * m[i]) / (Math.sqrt(v[i]) + options.tau);
			};
		case "yogi":
			return ({ m, v }, i, delta) => {
				const square = delta * delta;
				m[i] = options.beta1 * (m[i] as number) + (1 - options.beta1) * delta;
				v[i] = (v[i] as number) - (1 - options.beta2) * square * Math.sign((v[i] as number) - square);
				return (rate * m[i]) / (Math.sqrt(v[i]) + options.tau);
			};
	}
}

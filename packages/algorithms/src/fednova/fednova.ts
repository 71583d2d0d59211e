import { defineAlgorithm, exampleCount, float64, vector } from "@fl-sim/core";
import { z } from "zod";
import { addProximalTerm } from "../local-training/gradient-transforms.ts";
import { localDelta } from "../local-training/train-locally.ts";
import { scaleTrained } from "../local-training/trained-parts.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";
import { accumulatedSteps } from "./accumulated-steps.ts";
import { normalizedMean } from "./normalized-mean.ts";

export const fednovaOptions = z.strictObject({
	name: z.literal("fednova"),
	mu: z.number().min(0).default(0).describe("Weight of a proximal term in local training, as in FedProx"),
});

/** Averages what clients moved per step, so that a client with more steps pulls no harder: normalized averaging. */
export const fednova = defineAlgorithm({
	...globalModelForm,
	name: "fednova",
	paper: {
		title: "Tackling the Objective Inconsistency Problem in Heterogeneous Federated Optimization",
		authors: "Wang, Liu, Liang, Joshi, Poor",
		year: 2020,
		url: "https://arxiv.org/abs/2007.07481",
		notes:
			"Local optimizers SGD, momentum and proximal SGD as in the authors' code; Nesterov, momentum with a proximal " +
			"term and Adam by the same principle. The server's step goes through the server optimizer.",
	},
	options: fednovaOptions,
	uplink: () => ({ direction: vector, effectiveSteps: float64, numExamples: exampleCount }),
	aggregate: normalizedMean,

	async clientUpdate(context, { params }, client) {
		const { mu } = context.options;
		const { layout } = context.model;
		const transforms = mu === 0 ? [] : [addProximalTerm(mu, params, layout)];
		const { delta, report } = await localDelta(context, params, { transforms });
		const a = accumulatedSteps(report.steps, { ...context.training, mu }); // ||a_i||_1
		const direction = scaleTrained(delta, a === 0 ? 0 : 1 / a, layout); // -d_i
		const effectiveSteps = mu === 0 ? a : report.steps;
		return { up: { direction, effectiveSteps, numExamples: report.numExamples }, client, report };
	},

	serverUpdate(context, server, { direction, effectiveSteps }) {
		const delta = scaleTrained(direction, effectiveSteps, context.layout); // -tau_eff * sum of p_i d_i
		return moveGlobalModel(context, server, delta);
	},
});

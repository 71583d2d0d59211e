import { defineAlgorithm, exampleCount, type PayloadOf, vector, weightedMean } from "@fl-sim/core";
import { z } from "zod";
import { addProximalTerm } from "../local-training/gradient-transforms.ts";
import { localDelta } from "../local-training/train-locally.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";

export const fedproxOptions = z.strictObject({
	name: z.literal("fedprox"),
	mu: z.number().min(0).default(0.01).describe("Weight of the proximal term; 0 is FedAvg"),
});

const uplink = { delta: vector, numExamples: exampleCount };

/** FedAvg whose clients also minimise (mu / 2) ||y - x||^2, so that unequal local work leads them less far away. */
export const fedprox = defineAlgorithm({
	...globalModelForm,
	name: "fedprox",
	paper: {
		title: "Federated Optimization in Heterogeneous Networks",
		authors: "Li, Sahu, Zaheer, Sanjabi, Talwalkar, Smith",
		year: 2020,
		url: "https://arxiv.org/abs/1812.06127",
		notes:
			"Algorithm 2 with mini-batch steps as inexact solver. Clients are drawn uniformly and their deltas weighted by " +
			"numbers of examples, where the paper draws by numbers of examples and takes the plain mean.",
	},
	options: fedproxOptions,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		(up) => up.numExamples,
	),

	async clientUpdate(context, { params }, client) {
		const proximal = addProximalTerm(context.options.mu, params, context.model.layout);
		const { delta, report } = await localDelta(context, params, { transforms: [proximal] }); // y ~ argmin h_i(y; x)
		return { up: { delta, numExamples: report.numExamples }, client, report };
	},

	serverUpdate: (context, server, { mean }) => moveGlobalModel(context, server, mean),
});

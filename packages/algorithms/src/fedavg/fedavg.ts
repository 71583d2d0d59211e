import { defineAlgorithm, exampleCount, type PayloadOf, vector, weightedMean } from "@fl-sim/core";
import { z } from "zod";
import { localDelta } from "../local-training/train-locally.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";

export const fedavgOptions = z.strictObject({ name: z.literal("fedavg") });

const uplink = { delta: vector, numExamples: exampleCount };

/** Federated averaging: clients train from the global model, the server adds their mean delta. */
export const fedavg = defineAlgorithm({
	...globalModelForm,
	name: "fedavg",
	paper: {
		title: "Communication-Efficient Learning of Deep Networks from Decentralized Data",
		authors: "McMahan, Moore, Ramage, Hampson, Agüera y Arcas",
		year: 2017,
		url: "https://arxiv.org/abs/1602.05629",
		notes:
			"Algorithm 1. Clients send the delta and not the weights: the mean is the same and the server optimizer " +
			"can treat it as a gradient (Reddi et al., 2021).",
	},
	options: fedavgOptions,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		(up) => up.numExamples, // n_k / n of Algorithm 1
	),

	async clientUpdate(context, { params }, client) {
		const { delta, report } = await localDelta(context, params);
		return { up: { delta, numExamples: report.numExamples }, client, report };
	},

	serverUpdate: (context, server, { mean }) => moveGlobalModel(context, server, mean),
});

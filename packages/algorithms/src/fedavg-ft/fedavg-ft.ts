import { defineAlgorithm } from "@fl-sim/core";
import { z } from "zod";
import { localDelta, trainLocally } from "../local-training/train-locally.ts";
import { trainingPhase } from "../local-training/training-phase.ts";
import { weightedDeltasForm } from "../server-optimizer/weighted-deltas.ts";

export const fedavgFtOptions = z.strictObject({
	name: z.literal("fedavg-ft"),
	epochs: z
		.int()
		.min(0)
		.default(1)
		.describe("Passes over its examples in which a client fine-tunes the global model; 0 is FedAvg"),
});

/** FedAvg; to use the global model, each client first fine-tunes a copy of it on its own examples. */
export const fedavgFt = defineAlgorithm({
	...weightedDeltasForm,
	name: "fedavg-ft",
	paper: {
		title: "Federated Evaluation of On-device Personalization",
		authors: "Wang, Mathews, Kiddon, Eichner, Beaufays, Ramage",
		year: 2019,
		url: "https://arxiv.org/abs/1910.10252",
		notes:
			"The personalization of section 2 on FedAvg's model: local training on the client's training examples, whose result " +
			"is evaluated and thrown away. It uses the client optimizer and learning rate of the round, where the paper tunes " +
			"both for personalization.",
	},
	options: fedavgFtOptions,

	async clientUpdate(context, { params }, client) {
		const { delta, report } = await localDelta(context, params);
		return { up: { delta, numExamples: report.numExamples }, client, report };
	},

	async personalModel(context, { params }) {
		const { epochs } = context.options;
		const fineTuning = trainingPhase(context, { name: "fine-tuning", amount: { epochs } });
		return (await trainLocally(fineTuning, params)).params;
	},
});

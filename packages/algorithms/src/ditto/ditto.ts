import { defineAlgorithm, type Vector } from "@fl-sim/core";
import { z } from "zod";
import { addProximalTerm } from "../local-training/gradient-transforms.ts";
import { localDelta, trainLocally } from "../local-training/train-locally.ts";
import { weightedDeltasForm } from "../server-optimizer/weighted-deltas.ts";

export const dittoOptions = z.strictObject({
	name: z.literal("ditto"),
	lambda: z
		.number()
		.min(0)
		.default(1)
		.describe("Pull of the personal models towards the global one; 0 is local training"),
	personalEpochs: z
		.int()
		.min(0)
		.optional()
		.describe("Epochs of the personal model per round (s); as much as the global one if not given"),
});

/** Beside FedAvg's model, each client trains one of its own that is pulled towards it. */
export const ditto = defineAlgorithm({
	...weightedDeltasForm,
	name: "ditto",
	paper: {
		title: "Ditto: Fair and Robust Federated Learning Through Personalization",
		authors: "Li, Hu, Beirami, Smith",
		year: 2021,
		url: "https://arxiv.org/abs/2012.04221",
		notes:
			"Algorithm 1 with FedAvg as the global objective's solver and the learning rate of the round for both models. Epochs of " +
			"mini-batches take the place of its s steps; both models see the same mini-batches in the same order.",
	},
	options: dittoOptions,
	initClient: (context): Vector => context.initialParams(), // v_i

	async clientUpdate(context, { params }, own) {
		const { options, model, training, evaluation } = context;
		const { lambda, personalEpochs } = options;
		const amount = personalEpochs === undefined ? training.amount : { epochs: personalEpochs };
		const global = { ...context, evaluation: { ...evaluation, afterTraining: false } };
		const personal = { ...context, training: { ...training, amount } };
		const { delta, report } = await localDelta(global, params); // w_i - w
		const towardsGlobal = addProximalTerm(lambda, params, model.layout);
		const trained = await trainLocally(personal, own, { transforms: [towardsGlobal] }); // v_i ~ argmin h_i(v; w)
		const steps = report.steps + trained.report.steps;
		return {
			up: { delta, numExamples: report.numExamples },
			client: trained.params,
			report: { ...trained.report, trainLoss: report.trainLoss, steps },
		};
	},

	personalModel: (_context, _down, own) => own,
});

import { defineAlgorithm } from "@fl-sim/core";
import { z } from "zod";
import { trainLocally } from "../local-training/train-locally.ts";
import { inSequence, trainingPhase } from "../local-training/training-phase.ts";
import { partialSharing } from "../partial-sharing/partial-sharing.ts";
import { lastLayers } from "../partial-sharing/shared-parts.ts";

export const fedrepOptions = z.strictObject({
	name: z.literal("fedrep"),
	personalLayers: z
		.int()
		.min(1)
		.default(1)
		.describe("Number of layers at the output, the head, that stay with their client"),
	headEpochs: z.int().min(0).default(10).describe("Epochs on the head, the representation being frozen"),
	bodyEpochs: z.int().min(0).default(1).describe("Epochs on the representation, the head being frozen"),
});

/** A common representation under a head of each client's own; each is trained while the other one stays. */
export const fedrep = defineAlgorithm({
	name: "fedrep",
	paper: {
		title: "Exploiting Shared Representations for Personalized Federated Learning",
		authors: "Collins, Hassani, Mokhtari, Shakkottai",
		year: 2021,
		url: "https://arxiv.org/abs/2102.07078",
		notes:
			"Algorithm 1, with epochs of mini-batches for its steps on the head and, as in its experiments, on the representation. " +
			"Clients count by their numbers of examples, and heads start from the run's initial model.",
	},
	options: fedrepOptions,
	...partialSharing<z.output<typeof fedrepOptions>>({
		isPersonal(layout, { personalLayers }) {
			const head = lastLayers(layout, personalLayers);
			return ({ layer }) => head.has(layer);
		},

		async train(context, start, { shared, personal }) {
			const { headEpochs, bodyEpochs } = context.options;
			const head = trainingPhase(context, { name: "head", amount: { epochs: headEpochs } });
			const body = trainingPhase(context, { name: "body", amount: { epochs: bodyEpochs } });
			const withHead = await trainLocally(head, start, { frozen: shared });
			const trained = await trainLocally({ ...body, evaluation: context.evaluation }, withHead.params, {
				frozen: personal,
			});
			return { params: trained.params, report: inSequence(withHead.report, trained.report) };
		},
	}),
});

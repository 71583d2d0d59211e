import { defineAlgorithm, type PayloadOf, type Vector, vector, weightedMean } from "@fl-sim/core";
import { z } from "zod";
import { createDescent } from "../local-training/descent.ts";
import { addProximalTerm } from "../local-training/gradient-transforms.ts";
import { moveTrained, scaleTrained } from "../local-training/trained-parts.ts";
import { walkBatches } from "../local-training/walk-batches.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";

export const pfedmeOptions = z.strictObject({
	name: z.literal("pfedme"),
	lambda: z.number().min(0).default(15).describe("Pull of the personal models towards the global one"),
	innerSteps: z.int().min(1).default(5).describe("Steps of the personal model on each mini-batch (K)"),
	personalLearningRate: z.number().positive().default(0.1).describe("Learning rate of the personal model"),
	beta: z.number().positive().default(1).describe("Part of the clients' mean in the new global model"),
});

const uplink = { delta: vector };

/** Clients descend on Moreau envelopes of their losses; the minimisers inside are their personal models. */
export const pfedme = defineAlgorithm({
	...globalModelForm,
	name: "pfedme",
	paper: {
		title: "Personalized Federated Learning with Moreau Envelopes",
		authors: "Dinh, Tran, Nguyen",
		year: 2020,
		url: "https://arxiv.org/abs/2006.08848",
		notes:
			"Algorithm 1, with a fixed number of steps in place of an accuracy of theta, which goes on from mini-batch to " +
			"mini-batch within a round. R is the number of local steps, eta the clients' learning rate, and the client optimizer " +
			"makes the inner steps. Clients count the same. The model evaluated is the last theta.",
	},
	options: pfedmeOptions,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		() => 1,
	),
	initClient: (context): Vector => context.initialParams(), // theta_i

	async clientUpdate(context, { params }) {
		const { options, model, training } = context;
		const { lambda, innerSteps, personalLearningRate } = options;
		const inner = { model, training: { ...training, learningRate: personalLearningRate } };
		const { result, report } = await walkBatches(context, (workspace) => {
			const w = workspace.vector(params);
			const theta = workspace.vector(params);
			const gradient = workspace.vector();
			const towardsW = addProximalTerm(lambda, w, model.layout);
			const descend = createDescent(inner, workspace, { transforms: [towardsW] });
			return {
				async step(next) {
					const batch = next();
					let lossSum = 0;
					for (let k = 0; k < innerSteps; k++) {
						lossSum += await model.lossAndGradient(theta, batch, gradient);
						descend(theta, gradient); // theta ~ argmin f(theta) + (lambda / 2) ||theta - w||^2
					}
					moveTrained(w, training.learningRate * lambda, theta, model.layout); // w - eta lambda (w - theta)
					return lossSum / innerSteps;
				},
				trained: () => theta,
				result: () => ({ delta: workspace.difference(w, params), theta: theta.slice() }),
			};
		});
		return { up: { delta: result.delta }, client: result.theta, report };
	},

	serverUpdate(context, server, { mean }) {
		const delta = scaleTrained(mean, context.options.beta, context.layout); // (1 - beta) w + beta mean of w_i
		return moveGlobalModel(context, server, delta);
	},

	personalModel: (_context, _down, theta) => theta,
});

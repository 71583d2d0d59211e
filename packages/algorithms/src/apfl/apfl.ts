import { defineAlgorithm, type StateValue, type Vector, zeros } from "@fl-sim/core";
import { z } from "zod";
import { createDescent } from "../local-training/descent.ts";
import { copyStatistics } from "../local-training/trained-parts.ts";
import { walkBatches } from "../local-training/walk-batches.ts";
import { weightedDeltasForm } from "../server-optimizer/weighted-deltas.ts";
import { mix, slopeInAlpha } from "./mixture.ts";

export const apflOptions = z.strictObject({
	name: z.literal("apfl"),
	alpha: z
		.number()
		.min(0)
		.max(1)
		.default(0.5)
		.describe("Part of its own model in the one that a client uses, or where it starts; 0 is FedAvg"),
	adaptive: z.boolean().default(true).describe("Whether each client learns its alpha"),
});

/** What a client keeps. */
interface ApflClient {
	readonly [key: string]: StateValue;
	/** v_i, `[d]`. */
	readonly own: Vector;
	/** alpha_i. */
	readonly alpha: number;
}

/** Each client uses a mixture of FedAvg's model and one of its own, in proportions that it may learn. */
export const apfl = defineAlgorithm({
	...weightedDeltasForm,
	name: "apfl",
	paper: {
		title: "Adaptive Personalized Federated Learning",
		authors: "Deng, Kamani, Mahdavi",
		year: 2020,
		url: "https://arxiv.org/abs/2003.13461",
		notes:
			"Algorithm 1, with alpha_i learned once a round, at the first local step, by the derivative of the mixture's loss, and kept in [0, 1]. " +
			"Clients count by their numbers of examples, so that w is FedAvg's model; the paper counts them the same.",
	},
	options: apflOptions,
	initClient: (context): ApflClient => ({ own: context.initialParams(), alpha: context.options.alpha }),

	async clientUpdate(context, { params }, client: ApflClient) {
		const { model, options, training } = context;
		const { result, report } = await walkBatches(context, (workspace) => {
			const global = workspace.vector(params); // w
			const own = workspace.vector(client.own); // v
			const mixture = workspace.vector(); // alpha v + (1 - alpha) w
			const gradient = workspace.vector();
			const atMixture = workspace.vector();
			const descendGlobal = createDescent(context, workspace);
			const descendOwn = createDescent(context, workspace);
			let { alpha } = client;
			let isSent = options.adaptive; // w is still the model that was sent
			return {
				async step(next) {
					const batch = next();
					mix(mixture, { own, global, alpha }, model.layout);
					await model.lossAndGradient(mixture, batch, atMixture);
					const slope = slopeInAlpha({ own, global, alpha }, atMixture);
					const loss = await model.lossAndGradient(global, batch, gradient);
					descendGlobal(global, gradient); // w - eta grad f(w)
					copyStatistics(mixture, own, model.layout);
					workspace.arithmetic.scale(atMixture, alpha);
					descendOwn(own, atMixture); // v - eta alpha grad f(mixture)
					if (isSent) alpha = within01(alpha - training.learningRate * slope);
					isSent = false;
					return loss;
				},
				trained() {
					mix(mixture, { own, global, alpha }, model.layout);
					return mixture;
				},
				result: () => ({
					delta: workspace.difference(global, params),
					client: { own: own.slice(), alpha },
				}),
			};
		});
		const { numExamples } = report;
		return { up: { delta: result.delta, numExamples }, client: result.client, report };
	},

	personalModel({ model }, { params }, { own, alpha }) {
		const mixture = zeros(model.layout.size);
		mix(mixture, { own, global: params, alpha }, model.layout);
		return mixture;
	},
});

const within01 = (alpha: number): number => Math.min(1, Math.max(0, alpha));

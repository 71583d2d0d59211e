import {
	type ClientContext,
	defineAlgorithm,
	type PayloadOf,
	type Vector,
	vector,
	weightedMean,
} from "@fl-sim/core";
import { z } from "zod";
import { createDescent } from "../local-training/descent.ts";
import { trainLocally } from "../local-training/train-locally.ts";
import { trainingPhase } from "../local-training/training-phase.ts";
import { evaluateOnOwnTest, walkBatches } from "../local-training/walk-batches.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";
import { createCurvatureCorrection } from "./curvature-correction.ts";

export const perFedavgOptions = z.strictObject({
	name: z.literal("per-fedavg"),
	variant: z
		.enum(["first-order", "hessian-free"])
		.default("first-order")
		.describe(
			"Whether the second derivatives of the adaptation are left out, or estimated from two more gradients",
		),
	adaptationRate: z
		.number()
		.min(0)
		.default(0.01)
		.describe("Learning rate of the step from the global to a personal model (alpha); 0 is FedAvg"),
	adaptationSteps: z
		.int()
		.min(1)
		.default(1)
		.describe("Steps in which a client adapts the global model to use it"),
	differenceStep: z
		.number()
		.positive()
		.default(1e-3)
		.describe(
			"Distance of the two more gradients from the model, in lengths of the meta-gradient (delta); hessian-free only",
		),
});

type PerFedavgOptions = z.output<typeof perFedavgOptions>;

const uplink = { delta: vector };

/** The global model is not good for everybody, but one gradient step away from what is good for each. */
export const perFedavg = defineAlgorithm({
	...globalModelForm,
	name: "per-fedavg",
	paper: {
		title: "Personalized Federated Learning: A Meta-Learning Approach",
		authors: "Fallah, Mokhtari, Ozdaglar",
		year: 2020,
		url: "https://arxiv.org/abs/2002.07948",
		notes:
			"Algorithm 1, with the two approximations of section 5: first-order and Hessian-free. Each local step takes two or " +
			"three mini-batches, one after the other where the paper draws them; beta is the clients' learning rate. Clients count " +
			"the same, and more than one step of adaptation is possible in use, not in training.",
	},
	options: perFedavgOptions,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		() => 1,
	),

	async clientUpdate(context, { params }, client) {
		const { evaluation } = context;
		const { w, delta, report } = await metaTrain(context, params);
		const up = { delta };
		if (!evaluation.afterTraining) return { up, client, report };
		const ownTest = await evaluateOnOwnTest(context, await adapt(context, w));
		return { up, client, report: { ...report, ownTest } };
	},

	serverUpdate: (context, server, { mean }) => moveGlobalModel(context, server, mean),
	personalModel: (context, { params }) => adapt(context, params),
});

/** Descent on F(w) = f(w - alpha grad f(w)), from the model that was sent. */
async function metaTrain(context: ClientContext<PerFedavgOptions>, params: Vector) {
	const { model, options, evaluation } = context;
	const { variant, adaptationRate: alpha, differenceStep } = options;
	const unevaluated = { ...context, evaluation: { ...evaluation, afterTraining: false } };
	const { result, report } = await walkBatches(unevaluated, (workspace) => {
		const w = workspace.vector(params);
		const adapted = workspace.vector();
		const gradient = workspace.vector();
		const descend = createDescent(context, workspace);
		const correct =
			variant === "hessian-free"
				? createCurvatureCorrection(model, workspace, { rate: alpha, differenceStep })
				: undefined;
		return {
			async step(next) {
				await model.lossAndGradient(w, next(), gradient);
				adapted.set(w);
				workspace.arithmetic.sgdStep(adapted, gradient, alpha); // w - alpha grad f(w; D)
				const loss = await model.lossAndGradient(adapted, next(), gradient); // at the adapted model, on D'
				await correct?.(w, next(), gradient); // (I - alpha H) of it, on D''
				descend(w, gradient);
				return loss;
			},
			trained: () => w,
			result: () => ({ w: w.slice(), delta: workspace.difference(w, params) }),
		};
	});
	return { ...result, report };
}

/** A client's own model, `[d]`: a few plain gradient steps from the global one. */
async function adapt(context: ClientContext<PerFedavgOptions>, params: Vector): Promise<Vector> {
	const { adaptationRate, adaptationSteps } = context.options;
	const adaptation = trainingPhase(context, {
		name: "adaptation",
		amount: { steps: adaptationSteps },
		learningRate: adaptationRate,
		optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
		clipNorm: undefined,
	});
	return (await trainLocally(adaptation, params)).params;
}

import {
	bits,
	type ClientContext,
	defineAlgorithm,
	floats,
	type Layout,
	numTrainable,
	type PayloadShape,
	type Vector,
	zeros,
} from "@fl-sim/core";
import { z } from "zod";
import { packSigns } from "../compression/bit-packing.ts";
import { localDelta } from "../local-training/train-locally.ts";
import { plusTrained, scaleTrained, trainedParts } from "../local-training/trained-parts.ts";
import { gatherParts, replaceParts } from "../partial-sharing/shared-parts.ts";
import { globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";
import { majorityVote } from "./majority-vote.ts";

export const signsgdOptions = z.strictObject({
	name: z.literal("signsgd"),
	stepSize: z.number().positive().default(0.001).describe("How far each parameter moves in a round (eta)"),
	momentum: z
		.number()
		.min(0)
		.lt(1)
		.default(0)
		.describe("Momentum that a client keeps of its gradients (beta); above 0 the method is called Signum"),
	weightDecay: z.number().min(0).default(0).describe("Pulls parameters to 0 along with the vote (lambda)"),
});

type SignsgdOptions = z.output<typeof signsgdOptions>;

const statisticsParts = (layout: Layout) => layout.parts.filter(({ kind }) => kind === "buffer");

/** Clients send the signs of their gradients, the server moves each parameter by a fixed step to where most point. */
export const signsgd = defineAlgorithm({
	...globalModelForm,
	name: "signsgd",
	paper: {
		title: "signSGD with Majority Vote is Communication Efficient and Fault Tolerant",
		authors: "Bernstein, Zhao, Azizzadenesheli, Anandkumar",
		year: 2019,
		url: "https://arxiv.org/abs/1810.05291",
		notes:
			"Algorithm 1; sign(0) and ties count as +1. The paper's workers all take part in every step and hold the model, so " +
			"signs are enough for them in both directions; here a cohort changes, so it gets the model. A gradient is the way " +
			"back from local training: with clients.localSteps 1 and plain SGD the mini-batch gradient of the paper.",
	},
	options: signsgdOptions,
	uplink: ({ layout }: PayloadShape<SignsgdOptions>) => ({
		signs: bits(numTrainable(layout)),
		statistics: floats(layout.size - numTrainable(layout)),
	}),
	aggregate: majorityVote,
	initClient: ({ options, model }: ClientContext<SignsgdOptions>): Vector | null =>
		options.momentum > 0 ? zeros(model.layout.size) : null, // v

	async clientUpdate(context, { params }, lastMomentum) {
		const { layout } = context.model;
		const { delta, report } = await localDelta(context, params);
		const momentum = averaged(lastMomentum, delta, context.options.momentum); // v
		const signs = packSigns(gatherParts(momentum, trainedParts(layout)));
		const statistics = gatherParts(delta, statisticsParts(layout));
		return { up: { signs, statistics }, client: lastMomentum === null ? null : momentum, report };
	},

	serverUpdate(context, server, { vote, statistics }) {
		const { layout, options } = context;
		const { stepSize, weightDecay } = options;
		const steps = new Float32Array(vote.subarray(0, numTrainable(layout)));
		const decay = scaleTrained(server.params, weightDecay, layout);
		const direction = replaceParts(zeros(layout.size), trainedParts(layout), steps);
		const delta = scaleTrained(plusTrained(direction, 1, decay, layout), -stepSize, layout); // -eta (sign(V) + lambda x)
		return moveGlobalModel(context, server, replaceParts(delta, statisticsParts(layout), statistics));
	},
});

/** beta v + (1 - beta) g for the gradient g = -delta: a new vector. */
function averaged(last: Vector | null, delta: Vector, beta: number): Vector {
	return delta.map((value, i) => beta * (last?.[i] ?? 0) - (1 - beta) * value);
}

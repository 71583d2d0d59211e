import { defineAlgorithm, type Fold, type Vector } from "@fl-sim/core";
import { z } from "zod";
import { trainLocally } from "../local-training/train-locally.ts";

export const localOptions = z.strictObject({ name: z.literal("local") });

const nothing: Fold<unknown, null, null> = { leaf: () => null, merge: () => null, finish: () => null };

/** Every client trains a model of its own and sends nothing: what taking part must be worth more than. */
export const local = defineAlgorithm({
	name: "local",
	paper: {
		title: "Three Approaches for Personalization with Applications to Federated Learning",
		authors: "Mansour, Mohri, Ro, Suresh",
		year: 2020,
		url: "https://arxiv.org/abs/2002.10619",
		notes:
			"The local models of section 2, as a baseline. All start from the same initial model; the global model stays that " +
			"one. A client trains in the rounds for which it is selected.",
	},
	options: localOptions,
	downlink: () => ({}),
	uplink: () => ({}),
	aggregate: nothing,
	initServer: (_context, params) => params,
	initClient: (context): Vector => context.initialParams(),
	params: (server: Vector) => server,
	broadcast: () => ({}),

	async clientUpdate(context, _down, own) {
		const { params, report } = await trainLocally(context, own);
		return { up: {}, client: params, report };
	},

	serverUpdate: (_context, server) => server,
	personalModel: (_context, _down, own) => own,
});

import {
	defineAlgorithm,
	type PayloadOf,
	type StateValue,
	subtract,
	uint32,
	type Vector,
	vector,
	weightedMean,
} from "@fl-sim/core";
import { z } from "zod";
import { trainLocally } from "../local-training/train-locally.ts";

export const fedavgOptions = z.strictObject({ name: z.literal("fedavg") });

const downlink = { params: vector };
const uplink = { delta: vector, numExamples: uint32 };

interface FedAvgServer {
	readonly [key: string]: StateValue;
	readonly params: Vector;
	readonly optimizer: StateValue;
}

/** Federated averaging: clients train from the global model, the server adds their mean delta. */
export const fedavg = defineAlgorithm({
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
	downlink,
	uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		(up) => up.numExamples, // n_k / n of Algorithm 1
	),

	initServer: ({ serverOptimizer, layout }, params): FedAvgServer => ({
		params,
		optimizer: serverOptimizer.init(layout),
	}),
	initClient: () => null,
	params: (server) => server.params,
	broadcast: ({ params }) => ({ params }),

	async clientUpdate(context, { params }, client) {
		const { params: trained, report } = await trainLocally(context, params);
		const up = { delta: subtract(trained, params), numExamples: report.numExamples };
		return { up, client, report };
	},

	serverUpdate({ serverOptimizer, layout }, server, { mean }) {
		const { params, state } = serverOptimizer.step(server.optimizer, server.params, mean, layout);
		return { params, optimizer: state };
	},
});

import { defineAlgorithm, type PayloadOf, type Vector, vector, weightedMean, zeros } from "@fl-sim/core";
import { z } from "zod";
import { addCorrection, addProximalTerm } from "../local-training/gradient-transforms.ts";
import { localDelta } from "../local-training/train-locally.ts";
import { plusTrained } from "../local-training/trained-parts.ts";
import { type GlobalModel, globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";

export const feddynOptions = z.strictObject({
	name: z.literal("feddyn"),
	alpha: z.number().positive().default(0.01).describe("Weight of the dynamic regularizer"),
});

const uplink = { delta: vector };

/** Server state: x and H, `[d]`. */
interface FedDynServer extends GlobalModel {
	readonly gradient: Vector;
}

/** Each client's loss is regularized so that all clients' minima come to lie at the minimum of the global loss. */
export const feddyn = defineAlgorithm({
	...globalModelForm,
	name: "feddyn",
	paper: {
		title: "Federated Learning Based on Dynamic Regularization",
		authors: "Acar, Zhao, Matas Navarro, Mattina, Whatmough, Saligrama",
		year: 2021,
		url: "https://arxiv.org/abs/2111.04263",
		notes:
			"Algorithm 1 with mini-batch steps as inexact solver and one alpha for all clients, which count the same " +
			"whatever their size. Clients send y_i - x, which costs as much as y_i. The model evaluated is x.",
	},
	options: feddynOptions,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		() => 1,
	),
	initServer: (context, params): FedDynServer => ({
		...globalModelForm.initServer(context, params),
		gradient: zeros(params.length),
	}),
	initClient: (context): Vector => zeros(context.model.layout.size), // h_i
	broadcast: ({ params }: FedDynServer) => ({ params }),

	async clientUpdate(context, { params }, clientGradient) {
		const { alpha } = context.options;
		const { layout } = context.model;
		const transforms = [
			addCorrection(clientGradient.map((value) => -value)), // - <h_i, y>
			addProximalTerm(alpha, params, layout), // + (alpha / 2) ||y - x||^2
		];
		const { delta, report } = await localDelta(context, params, { transforms }); // y - x
		const client = plusTrained(clientGradient, -alpha, delta, layout); // h_i - alpha (y - x)
		return { up: { delta }, client, report };
	},

	serverUpdate(context, server: FedDynServer, { mean, count }) {
		const { options, layout, population } = context;
		const { alpha } = options;
		const share = count / population; // |S| / N
		const gradient = plusTrained(server.gradient, -alpha * share, mean, layout); // H
		const delta = plusTrained(mean, -1 / alpha, gradient, layout); // mean of y_i - H / alpha, seen from x
		return { ...moveGlobalModel(context, server, delta), gradient };
	},
});

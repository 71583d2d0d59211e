import { defineAlgorithm, subtract, type Vector, vector, zeros } from "@fl-sim/core";
import { z } from "zod";
import { addCorrection } from "../local-training/gradient-transforms.ts";
import { localDelta } from "../local-training/train-locally.ts";
import { plusTrained } from "../local-training/trained-parts.ts";
import { type GlobalModel, globalModelForm, moveGlobalModel } from "../server-optimizer/global-model.ts";
import { meanUpdates } from "./mean-updates.ts";
import { stepsForControl } from "./steps-for-control.ts";

export const scaffoldOptions = z.strictObject({ name: z.literal("scaffold") });

/** Server state: x and c, `[d]`. */
interface ScaffoldServer extends GlobalModel {
	readonly control: Vector;
}

/** Control variates correct each local step from the client's own direction to everybody's. */
export const scaffold = defineAlgorithm({
	...globalModelForm,
	name: "scaffold",
	paper: {
		title: "SCAFFOLD: Stochastic Controlled Averaging for Federated Learning",
		authors: "Karimireddy, Kale, Mohri, Reddi, Stich, Suresh",
		year: 2020,
		url: "https://arxiv.org/abs/1910.06378",
		notes:
			"Algorithm 1 with Option II: c_i is estimated from the way travelled, without another pass over the data. " +
			"Clients count the same whatever their size. The global step size is the server optimizer's learning rate. " +
			"With local momentum, K in Option II is the number of plain steps that those taken are worth.",
	},
	options: scaffoldOptions,
	downlink: () => ({ params: vector, control: vector }),
	uplink: () => ({ delta: vector, controlDelta: vector }),
	aggregate: meanUpdates,
	initServer: (context, params): ScaffoldServer => ({
		...globalModelForm.initServer(context, params),
		control: zeros(params.length),
	}),
	initClient: (context): Vector => zeros(context.model.layout.size), // c_i
	broadcast: ({ params, control }: ScaffoldServer) => ({ params, control }),

	async clientUpdate(context, { params, control }, clientControl) {
		const { model, training } = context;
		const correction = addCorrection(subtract(control, clientControl)); // g + c - c_i
		const { delta, report } = await localDelta(context, params, { transforms: [correction] }); // y - x
		const steps = stepsForControl(report.steps, training); // K
		if (steps === 0)
			return { up: { delta, controlDelta: zeros(delta.length) }, client: clientControl, report };
		const difference = subtract(clientControl, control);
		const rate = -1 / (steps * training.learningRate);
		const client = plusTrained(difference, rate, delta, model.layout); // c_i+ = c_i - c + (x - y) / (K eta)
		return { up: { delta, controlDelta: subtract(client, clientControl) }, client, report };
	},

	serverUpdate(context, server: ScaffoldServer, { delta, controlDelta, count }) {
		const share = count / context.population; // |S| / N
		const control = plusTrained(server.control, share, controlDelta, context.layout);
		return { ...moveGlobalModel(context, server, delta), control };
	},
});

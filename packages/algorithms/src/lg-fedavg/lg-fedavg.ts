import { defineAlgorithm } from "@fl-sim/core";
import { z } from "zod";
import { partialSharing } from "../partial-sharing/partial-sharing.ts";
import { firstLayers } from "../partial-sharing/shared-parts.ts";

export const lgFedavgOptions = z.strictObject({
	name: z.literal("lg-fedavg"),
	personalLayers: z
		.int()
		.min(0)
		.default(1)
		.describe("Number of layers at the input that stay with their client; 0 is FedAvg"),
});

/** Each client represents its inputs in its own way; what reads the representations is everybody's. */
export const lgFedavg = defineAlgorithm({
	name: "lg-fedavg",
	paper: {
		title: "Think Locally, Act Globally: Federated Learning with Local and Global Representations",
		authors: "Liang, Liu, Ziyin, Allen, Auerbach, Brent, Salakhutdinov, Morency",
		year: 2020,
		url: "https://arxiv.org/abs/2001.01523",
		notes:
			"Algorithm 1 with supervised local representations, trained together with the global layers; without its auxiliary, " +
			"adversarial and ensemble parts. All local layers start from the run's initial model.",
	},
	options: lgFedavgOptions,
	...partialSharing<z.output<typeof lgFedavgOptions>>({
		isPersonal(layout, { personalLayers }) {
			const local = firstLayers(layout, personalLayers);
			return ({ layer }) => local.has(layer);
		},
	}),
});

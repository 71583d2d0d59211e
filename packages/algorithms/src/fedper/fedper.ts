import { defineAlgorithm } from "@fl-sim/core";
import { z } from "zod";
import { partialSharing } from "../partial-sharing/partial-sharing.ts";
import { lastLayers } from "../partial-sharing/shared-parts.ts";

export const fedperOptions = z.strictObject({
	name: z.literal("fedper"),
	personalLayers: z
		.int()
		.min(1)
		.default(1)
		.describe("Number of layers at the output that stay with their client (K_P)"),
});

/** FedAvg on the base layers; each client has personalization layers of its own behind them. */
export const fedper = defineAlgorithm({
	name: "fedper",
	paper: {
		title: "Federated Learning with Personalization Layers",
		authors: "Arivazhagan, Aggarwal, Singh, Choudhary",
		year: 2019,
		url: "https://arxiv.org/abs/1912.00818",
		notes:
			"Algorithms 1 and 2: base and personalization layers are trained together. Clients send the delta of the base " +
			"layers, and a client's personalization layers start from the run's initial model, where the paper draws them.",
	},
	options: fedperOptions,
	...partialSharing<z.output<typeof fedperOptions>>({
		isPersonal(layout, { personalLayers }) {
			const personal = lastLayers(layout, personalLayers);
			return ({ layer }) => personal.has(layer);
		},
	}),
});

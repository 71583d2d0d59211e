import { defineAlgorithm, FlSimError, type Layout, type ServerContext, type Vector } from "@fl-sim/core";
import { z } from "zod";
import { partialSharing } from "../partial-sharing/partial-sharing.ts";
import { normalizationLayers } from "../partial-sharing/shared-parts.ts";

export const fedbnOptions = z.strictObject({ name: z.literal("fedbn") });

type FedBnOptions = z.output<typeof fedbnOptions>;

const sharing = partialSharing<FedBnOptions>({
	isPersonal(layout) {
		const personal = normalizationLayers(layout);
		return ({ layer }) => personal.has(layer);
	},
});

/** FedAvg on everything but the normalization layers, which stay with their client, running statistics included. */
export const fedbn = defineAlgorithm({
	...sharing,
	name: "fedbn",
	paper: {
		title: "FedBN: Federated Learning on Non-IID Features via Local Batch Normalization",
		authors: "Li, Jiang, Zhang, Kamp, Dou",
		year: 2021,
		url: "https://arxiv.org/abs/2102.07623",
		notes:
			"Algorithm 1, with all layers that normalize, not only those over the batch; they are found by what they hold and " +
			"not by name. Clients count by their numbers of examples, where the paper's experiments count them the same.",
	},
	options: fedbnOptions,
	initServer(context: ServerContext<FedBnOptions>, params: Vector) {
		requireNormalization(context.layout);
		return sharing.initServer(context, params);
	},
});

/** @throws FL_SCENARIO_INVALID where nothing would stay with its client. */
function requireNormalization(layout: Layout): void {
	if (normalizationLayers(layout).size > 0) return;
	const layers = [...new Set(layout.parts.map(({ layer }) => layer))].join(", ");
	throw new FlSimError(
		"FL_SCENARIO_INVALID",
		`algorithm.name: fedbn leaves the normalization layers with their clients, expected a model with at least one, found the layers ${layers}`,
		{
			fix: "Set model to one that normalizes, { name: resnet8, norm: batch } for instance, or algorithm.name to fedavg.",
		},
	);
}

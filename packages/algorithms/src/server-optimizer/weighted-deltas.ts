import { exampleCount, type PayloadOf, vector, type WeightedMean, weightedMean } from "@fl-sim/core";
import { type GlobalModel, globalModelForm, moveGlobalModel, type StepContext } from "./global-model.ts";

const uplink = { delta: vector, numExamples: exampleCount };

/** FedAvg's side of the server, for methods that change only what clients do: x <- x + sum of n_i / n (y_i - x). */
export const weightedDeltasForm = {
	...globalModelForm,
	uplink: () => uplink,
	aggregate: weightedMean<PayloadOf<typeof uplink>>(
		(up) => up.delta,
		(up) => up.numExamples,
	),
	serverUpdate: (context: StepContext, server: GlobalModel, { mean }: WeightedMean) =>
		moveGlobalModel(context, server, mean),
};

import { type Model, randomStream, type Vector } from "@fl-sim/core";

/** The model that a run starts with: equal wherever it is made. */
export function initialParams(model: Pick<Model, "init">, seed: number): Vector {
	return model.init(randomStream(seed, "model"));
}

import type { ClientContext, Task } from "./algorithm.ts";
import { evaluateExamples } from "./evaluate-examples.ts";
import { float64, type PayloadOf, type PayloadShape, type PayloadSpec, uint32 } from "./payload.ts";
import type { StateValue } from "./state.ts";
import type { Vector } from "./vector.ts";

/** Name of the task that evaluates clients' own models. */
export const personalTask = "evaluate";

/** Sums over a client's own test examples. */
export const personalEvaluation = { lossSum: float64, numCorrect: uint32, numExamples: uint32 };

/** How a client comes to the model that it uses itself. */
export interface PersonalModels<Options, Down extends PayloadSpec, Client extends StateValue> {
	down(shape: PayloadShape<Options>): Down;
	/** Parameters of the client's own model, `[d]`, from what it is sent and its state. Changes neither. */
	model(context: ClientContext<Options>, down: PayloadOf<Down>, client: Client): Vector | Promise<Vector>;
}

/** The task that evaluates a client's own model on its own test examples, where both are. */
export function personalEvaluationTask<Options, Down extends PayloadSpec, Client extends StateValue>(
	personal: PersonalModels<Options, Down, Client>,
): Task<Options, Down, typeof personalEvaluation, Client> {
	return {
		onlyObserves: true,
		down: (shape) => personal.down(shape),
		up: () => personalEvaluation,
		async run(context, down, client) {
			const params = await personal.model(context, down, client);
			const { model, data, evaluation } = context;
			const range = { from: 0, to: data.test.indices.length, batchSize: evaluation.batchSize };
			const up = await evaluateExamples(model, params, data.test, range);
			return { up: { ...up }, client, report: { trainLoss: 0, numExamples: 0, steps: 0 } };
		},
	};
}

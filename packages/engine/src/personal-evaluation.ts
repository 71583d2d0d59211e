import {
	type BatchEvaluation,
	type Download,
	type Fold,
	type PayloadOf,
	type PayloadSpec,
	type personalEvaluation,
	personalTask,
} from "@fl-sim/core";
import { clientEvaluations, evaluatedClients } from "./evaluation.ts";
import { type ExchangeEnvironment, exchange } from "./exchange.ts";
import type { RunPlan } from "./run-rounds.ts";

type Sums = (readonly [client: number, BatchEvaluation])[];

const listed: Fold<PayloadOf<typeof personalEvaluation>, Sums, Sums> = {
	leaf: (up, client) => (up.numCorrect <= up.numExamples ? [[client, up]] : []), // more are right than there are: a lie
	merge: (left, right) => [...left, ...right],
	finish: (total) => total,
};

/**
 * Has clients evaluate the models that they use themselves, if the algorithm gives them any, and reports the results as
 * one event. All that can be reached answer, whatever the system model says: nothing of the run depends on it.
 */
export async function evaluatePersonalModels(
	plan: RunPlan,
	down: Download<PayloadSpec> | undefined,
	environment: Omit<ExchangeEnvironment, "fate">,
): Promise<void> {
	if (down === undefined) return;
	const started = performance.now();
	const traffic = { downBytes: 0, upBytes: 0 };
	const to = evaluatedClients({ ...plan, settings: plan.evaluation });
	const { aggregate = [] } = await exchange<PayloadSpec, typeof personalEvaluation, Sums, Sums>(
		{ task: personalTask, to, down, fold: listed },
		{
			...environment,
			fate: () => ({ status: "answers", workFraction: 1 }),
			emit(event) {
				if (event.type !== "client.replied" && event.type !== "client.lost") return;
				traffic.downBytes += event.downBytes;
				traffic.upBytes += event.upBytes;
			},
		},
	);
	const wallSeconds = (performance.now() - started) / 1000;
	const { round } = environment;
	const clients = clientEvaluations(aggregate);
	environment.emit({ type: "evaluated.personal", round, clients, ...traffic, wallSeconds });
}

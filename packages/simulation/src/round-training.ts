import { learningRateAt } from "@fl-sim/algorithms";
import type { ClientContext } from "@fl-sim/core";
import { type EvaluationSettings, isClientEvaluationDue, type RoundTraining } from "@fl-sim/engine";
import type { Scenario } from "@fl-sim/scenario";

/** Local training of each round, as the scenario's `clients` section says. */
export function roundTrainingOf({ clients, rounds }: Scenario): (round: number) => RoundTraining {
	const { localSteps, localEpochs, batchSize, optimizer, clipNorm } = clients;
	const amount = localSteps === undefined ? { epochs: localEpochs ?? 1 } : { steps: localSteps };
	return (round) => ({
		amount,
		batchSize,
		optimizer,
		learningRate: learningRateAt(clients.learningRate, round, rounds),
		clipNorm,
	});
}

/** The scenario's `evaluation` section with clients as a number. */
export function evaluationSettingsOf({ evaluation, clients }: Scenario): EvaluationSettings {
	return { ...evaluation, clients: evaluation.clients === "all" ? clients.number : evaluation.clients };
}

/** What clients evaluate in each round, as far as it is known before: a run may end sooner. */
export function roundEvaluationOf(
	scenario: Scenario,
): (round: number) => ClientContext<unknown>["evaluation"] {
	const settings = evaluationSettingsOf(scenario);
	return (round) => ({
		batchSize: settings.batchSize,
		afterTraining: isClientEvaluationDue(settings, round, round === scenario.rounds),
	});
}

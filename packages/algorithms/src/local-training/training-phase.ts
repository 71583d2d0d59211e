import type { ClientContext, ClientReport, LocalTraining } from "@fl-sim/core";

/** How a phase differs from the round's local training. */
export interface PhaseSettings extends Partial<Omit<LocalTraining, "batchSize" | "workFraction">> {
	/** Names the phase's random stream. */
	readonly name: string;
}

/**
 * The context of one of several trainings of a client in a round: its mini-batches come in orders of their own, and the
 * trained model is not evaluated.
 */
export function trainingPhase<Options>(
	context: ClientContext<Options>,
	{ name, ...training }: PhaseSettings,
): ClientContext<Options> {
	return {
		...context,
		training: { ...context.training, ...training },
		random: context.random.derive(name),
		evaluation: { ...context.evaluation, afterTraining: false },
	};
}

/** The report of two phases, the second after the first: the loss is the mean over the steps of both. */
export function inSequence(first: ClientReport, second: ClientReport): ClientReport {
	const steps = first.steps + second.steps;
	const lossSum = first.trainLoss * first.steps + second.trainLoss * second.steps;
	return { ...second, steps, trainLoss: steps === 0 ? 0 : lossSum / steps };
}

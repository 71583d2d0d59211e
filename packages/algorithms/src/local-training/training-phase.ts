import type { ClientContext, LocalTraining } from "@fl-sim/core";

/** How a phase differs from the round's local training. */
export interface PhaseSettings extends Partial<Pick<LocalTraining, "amount" | "learningRate" | "optimizer">> {
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

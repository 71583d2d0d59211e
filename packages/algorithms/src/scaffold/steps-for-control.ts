import { FlSimError, type LocalTraining } from "@fl-sim/core";
import { accumulatedSteps } from "../fednova/accumulated-steps.ts";

/**
 * K of Option II: (x - y) / (K eta) must be a mean of gradients. Plain SGD: the steps taken. Momentum: the plain steps
 * that they are worth, or control variates would grow beyond every gradient, by up to 1 / (1 - momentum).
 *
 * @throws FL_SCENARIO_INVALID for Adam, whose steps are no sums of gradients.
 */
export function stepsForControl(steps: number, training: LocalTraining): number {
	const { optimizer, learningRate } = training;
	if (optimizer.name === "adam") {
		throw new FlSimError(
			"FL_SCENARIO_INVALID",
			"clients.optimizer.name: scaffold reads gradients off the distance that a client moves, expected sgd, found adam",
			{ fix: "Set clients.optimizer.name to sgd, or choose another algorithm." },
		);
	}
	return accumulatedSteps(steps, { optimizer, learningRate, mu: 0 });
}

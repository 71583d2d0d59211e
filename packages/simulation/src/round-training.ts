import { learningRateAt } from "@fl-sim/algorithms";
import type { RoundTraining } from "@fl-sim/engine";
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

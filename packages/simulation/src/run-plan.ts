import { createServerOptimizer } from "@fl-sim/algorithms";
import { describeModel } from "@fl-sim/compute/options";
import type { FederatedDataset } from "@fl-sim/core";
import { initialParams, type RunPlan } from "@fl-sim/engine";
import type { Scenario } from "@fl-sim/scenario";
import { algorithmOf } from "./client-place.ts";
import { evaluationSettingsOf, roundTrainingOf } from "./round-training.ts";

/** The engine's plan of a scenario. Loads no backend: initial parameters depend on the seed alone. */
export function runPlanOf(scenario: Scenario, dataset: FederatedDataset): RunPlan {
	const { clients, seed } = scenario;
	const model = describeModel(scenario.model, dataset.featureShape, dataset.numClasses);
	return {
		algorithm: algorithmOf(scenario),
		options: scenario.algorithm,
		layout: model.layout,
		initialParams: initialParams(model, seed),
		serverOptimizer: createServerOptimizer(scenario.serverOptimizer),
		seed,
		rounds: scenario.rounds,
		population: clients.number,
		cohortSize: clients.perRound,
		system: scenario.system,
		evaluation: evaluationSettingsOf(scenario),
		numCentralExamples: dataset.centralTest.indices.length,
		stop: scenario.stop,
		checkpointEvery: scenario.output.checkpointEvery,
		training: roundTrainingOf(scenario),
		numTrainExamples: (client) => dataset.numTrainExamples(client),
	};
}

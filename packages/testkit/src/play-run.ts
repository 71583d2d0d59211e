import {
	type AnyAlgorithm,
	type RunEvent,
	randomStream,
	type ServerOptimizer,
	type StateValue,
} from "@fl-sim/core";
import {
	createClientHost,
	initialParams,
	isClientEvaluationDue,
	type Link,
	type RunOutcome,
	type RunPlan,
	type RunSnapshot,
	runEvaluationJob,
	runRounds,
} from "@fl-sim/engine";
import { type PlayProblem, softmaxBlobs } from "./problems.ts";

/** Adds the mean delta: the neutral server optimizer. */
export const addDelta: ServerOptimizer = {
	init: () => null,
	step: (state, params, delta) => ({ params: params.map((value, i) => value + (delta[i] as number)), state }),
};

export interface PlaySettings {
	readonly algorithm: AnyAlgorithm;
	/** The algorithm's section of a scenario. */
	readonly options: unknown;
	readonly plan?: Partial<RunPlan>;
	/** What is learned from what; by default small blobs by softmax regression. */
	readonly problem?: PlayProblem;
	/** Answers come back in an order drawn from this seed; undefined keeps cohort order. */
	readonly arrivalSeed?: number;
	readonly resumeFrom?: RunSnapshot | undefined;
	/** Aborted by the caller, it ends the run after the round under way. */
	readonly finishRound?: AbortSignal;
	readonly onSnapshot?: (snapshot: RunSnapshot) => void;
	/** Sees every payload: `down` and `up` bytes as they pass the link. */
	readonly onPayload?: (direction: "down" | "up", bytes: Uint8Array) => void;
}

export interface PlayedRun {
	readonly outcome: RunOutcome;
	readonly events: readonly RunEvent[];
	readonly snapshots: readonly RunSnapshot[];
}

/** A run of a few rounds: on blobs with the plain softmax model, it is the stage on which laws are checked. */
export async function playRun(settings: PlaySettings): Promise<PlayedRun> {
	const { algorithm } = settings;
	const { dataset, model } = settings.problem ?? softmaxBlobs();
	const options = algorithm.options.parse(settings.options);
	const plan: RunPlan = {
		algorithm,
		options,
		layout: model.layout,
		initialParams: initialParams(model, settings.plan?.seed ?? 1),
		serverOptimizer: addDelta,
		seed: 1,
		rounds: 4,
		population: dataset.numClients,
		cohortSize: 5,
		system: {
			availability: 1,
			dropout: 0,
			stragglers: { fraction: 0, slowdown: 1, policy: "drop" },
			secondsPerStep: 1,
		},
		evaluation: { every: 1, clients: 3, clientsEvery: 2, batchSize: 16 },
		numCentralExamples: dataset.centralTest.indices.length,
		stop: {},
		checkpointEvery: 1,
		training: () => ({
			amount: { epochs: 2 },
			batchSize: 4,
			optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
			learningRate: 0.1,
			clipNorm: undefined,
		}),
		numTrainExamples: (client) => dataset.numTrainExamples(client),
		...settings.plan,
	};
	const host = createClientHost({
		algorithm,
		options,
		model,
		dataset,
		seed: plan.seed,
		training: (round) => plan.training(round),
		evaluation: (round) => ({
			batchSize: plan.evaluation.batchSize,
			afterTraining: isClientEvaluationDue(plan.evaluation, round, round === plan.rounds),
		}),
	});
	const states = new Map<number, StateValue>();
	const events: RunEvent[] = [];
	const snapshots: RunSnapshot[] = [];
	const place = { model, dataset, batchSize: plan.evaluation.batchSize };
	const never = new AbortController().signal;
	const outcome = await runRounds(plan, {
		link: delayedLink(settings, async (request, _signal, serve) => {
			settings.onPayload?.("down", request.payload);
			const { reply, state } = await host(request, states.get(request.client), serve);
			states.set(request.client, state);
			settings.onPayload?.("up", reply.payload);
			return reply;
		}),
		evaluator: {
			evaluate: (params, jobs) => Promise.all(jobs.map((job) => runEvaluationJob(place, params, job))),
		},
		clientStates: {
			snapshot: () => [...states].map(([client, state]) => [client, state]),
			restore(snapshot) {
				for (const [client, state] of snapshot as readonly [number, StateValue][]) states.set(client, state);
			},
		},
		emit: (event) => events.push(event),
		saveCheckpoint(snapshot) {
			snapshots.push(snapshot);
			settings.onSnapshot?.(snapshot);
			return Promise.resolve(`round ${snapshot.round}`);
		},
		resumeFrom: settings.resumeFrom,
		finishRound: settings.finishRound ?? never,
		stopNow: never,
	});
	return { outcome, events, snapshots };
}

/** A link that holds answers and failures back for a drawn number of turns of the event loop. */
function delayedLink({ arrivalSeed }: PlaySettings, exchange: Link["exchange"]): Link {
	return {
		concurrency: arrivalSeed === undefined ? 1 : 1000,
		allocate: (byteLength) => new Uint8Array(byteLength),
		async exchange(request, signal, serve) {
			try {
				return await exchange(request, signal, serve);
			} finally {
				const { round, client } = request;
				const turns =
					arrivalSeed === undefined ? 0 : randomStream(arrivalSeed, "arrival", round, client).integer(50);
				for (let turn = 0; turn < turns; turn++) {
					await Promise.resolve();
					signal.throwIfAborted();
				}
			}
		},
	};
}

import {
	type AnyAlgorithm,
	FlSimError,
	firstNotFinite,
	type Layout,
	numLocalSteps,
	type RoundContext,
	type RunEvent,
	randomStream,
	type ServerOptimizer,
	type StateValue,
	type StopReason,
	type Vector,
} from "@fl-sim/core";
import { type CheckpointWriter, checkpointWriter } from "./checkpoint-writer.ts";
import type { RoundTraining } from "./client-host.ts";
import { type EvaluationSettings, evaluateRound, isClientEvaluationDue } from "./evaluation.ts";
import { type ExchangeEnvironment, exchange } from "./exchange.ts";
import type { ClientStates, Evaluator, Link } from "./link.ts";
import { drawnParticipation, type Participation } from "./participation.ts";
import { evaluatePersonalModels } from "./personal-evaluation.ts";
import { RoundTally, type RunTotals, startTotals } from "./round-tally.ts";
import { createSystemModel, type SystemSettings } from "./system-model.ts";

/** Everything that decides a run's result. */
export interface RunPlan {
	readonly algorithm: AnyAlgorithm;
	readonly options: unknown;
	readonly layout: Layout;
	readonly initialParams: Vector;
	readonly serverOptimizer: ServerOptimizer;
	readonly seed: number;
	readonly rounds: number;
	/** Registered clients, N. */
	readonly population: number;
	/** Clients selected per round. */
	readonly cohortSize: number;
	readonly system: SystemSettings;
	readonly evaluation: EvaluationSettings;
	readonly numCentralExamples: number;
	readonly stop: {
		readonly targetAccuracy?: number | undefined;
		/** Payload bytes, both directions. */
		readonly byteBudget?: number | undefined;
	};
	readonly checkpointEvery: number;
	training(round: number): RoundTraining;
	numTrainExamples(client: number): number;
}

/** What a run needs to go on after `round`, bit for bit. */
export interface RunSnapshot {
	readonly round: number;
	readonly server: StateValue;
	readonly clients: StateValue;
	readonly totals: RunTotals;
}

/** The outside world of a run. */
export interface RunPorts {
	readonly link: Link;
	readonly evaluator: Evaluator;
	readonly clientStates: ClientStates;
	/** As the seed draws it, unless given. */
	readonly participation?: Participation | undefined;
	emit(event: RunEvent): void;
	/** Makes a snapshot durable while the next round is played; resolves to the name of its file. */
	saveCheckpoint(snapshot: RunSnapshot): Promise<string>;
	readonly resumeFrom?: RunSnapshot | undefined;
	/** Asks the run to end after the round under way, with a checkpoint. */
	readonly finishRound: AbortSignal;
	/** Ends the run at once; the last checkpoint stays. */
	readonly stopNow: AbortSignal;
}

export interface RunOutcome {
	/** The last round done. */
	readonly round: number;
	readonly params: Vector;
	readonly totals: RunTotals;
	readonly reason: StopReason | "interrupted";
}

/**
 * Runs rounds until a stop condition holds. The result depends on the plan alone: not on the link, the number of
 * workers, the order of answers, or on how often the run was interrupted and resumed.
 *
 * @throws FL_TRAINING_DIVERGED when a loss or the global model is not finite; the last checkpoint stays valid.
 */
export async function runRounds(plan: RunPlan, ports: RunPorts): Promise<RunOutcome> {
	const checkpoints = checkpointWriter(
		(snapshot: RunSnapshot) => ports.saveCheckpoint(snapshot),
		(event) => ports.emit(event),
	);
	let outcome: RunOutcome;
	try {
		outcome = await playRounds(plan, ports, checkpoints);
	} catch (error) {
		// The last good checkpoint is worth waiting for; what ended the run is what is told.
		await checkpoints.settle().catch(() => undefined);
		throw error;
	}
	await checkpoints.settle();
	return outcome;
}

async function playRounds(
	plan: RunPlan,
	ports: RunPorts,
	checkpoints: CheckpointWriter<RunSnapshot>,
): Promise<RunOutcome> {
	const { algorithm } = plan;
	const { resumeFrom } = ports;
	if (resumeFrom !== undefined) ports.clientStates.restore(resumeFrom.clients);
	let server = resumeFrom?.server ?? algorithm.initServer(serverContext(plan, 0), plan.initialParams);
	let totals = resumeFrom?.totals ?? startTotals;
	let round = resumeFrom?.round ?? 0;
	const evaluate = evaluation(plan, ports);
	const participation = ports.participation ?? drawnParticipation(plan);
	const endWait = AbortSignal.any([ports.finishRound, ports.stopNow]);
	if (resumeFrom === undefined) await evaluate(plan.initialParams, 0, false);
	let savedRound = round;
	const save = async (): Promise<void> => {
		savedRound = round;
		await checkpoints.write({ round, server, clients: ports.clientStates.snapshot(), totals });
	};
	let reason = resumeFrom === undefined ? undefined : stopReason(plan, round, totals, undefined);
	while (reason === undefined) {
		const cohort = ports.finishRound.aborted ? undefined : await participation.cohort(round + 1, endWait);
		ports.stopNow.throwIfAborted();
		if (cohort === undefined) {
			if (savedRound < round) await save();
			return { round, params: algorithm.params(server), totals, reason: "interrupted" };
		}
		round += 1;
		const result = await playRound(plan, { ...ports, participation }, { round, cohort, server, totals });
		server = result.server;
		totals = result.totals;
		const params = algorithm.params(server);
		assertFinite(params, plan.layout, round);
		reason = stopReason(plan, round, totals, undefined);
		const isLast = reason !== undefined;
		const { accuracy } = await evaluate(params, round, isLast);
		if (isClientEvaluationDue(plan.evaluation, round, isLast)) {
			const down = algorithm.sendForEvaluation?.(server, serverContext(plan, round));
			await evaluatePersonalModels(plan, down, {
				...exchangeEnvironment(plan, ports, round),
				number: result.numExchanges + 1,
			});
		}
		reason ??= stopReason(plan, round, totals, accuracy);
		if (reason !== undefined || round % plan.checkpointEvery === 0 || ports.finishRound.aborted) {
			await save();
		}
	}
	return { round, params: algorithm.params(server), totals, reason };
}

function serverContext(plan: RunPlan, round: number) {
	const { options, layout, population, serverOptimizer, seed } = plan;
	return { options, round, layout, population, serverOptimizer, random: randomStream(seed, "server", round) };
}

async function playRound(
	plan: RunPlan,
	ports: RunPorts & { readonly participation: Participation },
	before: {
		readonly round: number;
		readonly cohort: readonly number[];
		readonly server: StateValue;
		readonly totals: RunTotals;
	},
): Promise<{ readonly server: StateValue; readonly totals: RunTotals; readonly numExchanges: number }> {
	const { round, cohort } = before;
	const tally = new RoundTally(round);
	const system = createSystemModel(plan.system, plan.seed);
	const training = { ...plan.training(round), workFraction: 1 };
	const stepsOf = (client: number) => numLocalSteps(training, plan.numTrainExamples(client));
	ports.emit({ type: "round.started", round, cohort });
	let numExchanges = 0;
	const context: RoundContext<unknown> = {
		...serverContext(plan, round),
		cohort,
		measure: (name, value) => ports.emit({ type: "measured", round, name, value }),
		exchange: (request) =>
			tally.phase(system.deadlineSeconds, (count) =>
				exchange(request, {
					...exchangeEnvironment(plan, ports, round),
					number: ++numExchanges,
					fate: (client) =>
						ports.participation.fate({ round, task: request.task, client, steps: stepsOf(client) }),
					emit(event) {
						count(event);
						ports.emit(event);
					},
				}),
			),
	};
	const server = await plan.algorithm.round(context, before.server);
	const { event, totals } = tally.finish(before.totals);
	ports.emit(event);
	return { server, totals, numExchanges };
}

/** What all exchanges of a round have in common. */
function exchangeEnvironment(
	plan: RunPlan,
	ports: RunPorts,
	round: number,
): Omit<ExchangeEnvironment, "number" | "fate"> {
	const { algorithm, layout, options } = plan;
	const system = createSystemModel(plan.system, plan.seed);
	return {
		algorithm,
		shape: { layout, options },
		round,
		link: ports.link,
		signal: ports.stopNow,
		secondsFor: (client, steps) => system.secondsFor(client, steps),
		emit: (event) => ports.emit(event),
	};
}

function evaluation(plan: RunPlan, ports: RunPorts) {
	const place = {
		evaluator: ports.evaluator,
		settings: plan.evaluation,
		seed: plan.seed,
		population: plan.population,
		numCentralExamples: plan.numCentralExamples,
		signal: ports.stopNow,
		emit: (event: RunEvent) => ports.emit(event),
	};
	return (params: Vector, round: number, isLast: boolean) => evaluateRound(place, params, round, isLast);
}

function stopReason(
	plan: RunPlan,
	round: number,
	totals: RunTotals,
	accuracy: number | undefined,
): StopReason | undefined {
	const { targetAccuracy, byteBudget } = plan.stop;
	if (targetAccuracy !== undefined && accuracy !== undefined && accuracy >= targetAccuracy)
		return "targetAccuracy";
	if (byteBudget !== undefined && totals.downBytes + totals.upBytes >= byteBudget) return "byteBudget";
	return round >= plan.rounds ? "rounds" : undefined;
}

function assertFinite(params: Vector, layout: Layout, round: number): void {
	const index = firstNotFinite(params);
	if (index < 0) return;
	const part = layout.parts.find(({ offset, size }) => index >= offset && index < offset + size);
	throw new FlSimError(
		"FL_TRAINING_DIVERGED",
		`the global model diverged: round ${round}: ${part?.name ?? "a parameter"} holds ${params[index]}, expected finite numbers`,
		{
			fix: "Lower clients.learningRate or serverOptimizer.learningRate, or set clients.clipNorm.",
			details: { round },
		},
	);
}

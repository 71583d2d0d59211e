import {
	type BatchEvaluation,
	type ClientEvaluation,
	evaluateExamples,
	type FederatedDataset,
	type Model,
	type RunEvent,
	randomStream,
	sampleWithoutReplacement,
	type Vector,
} from "@fl-sim/core";
import type { EvaluationJob, Evaluator } from "./link.ts";

/** The scenario's `evaluation` section. */
export interface EvaluationSettings {
	/** Rounds between two evaluations of the global model on the central test set. */
	readonly every: number;
	/** Clients evaluated on their own test examples; 0 for none. */
	readonly clients: number;
	/** Rounds between two evaluations on clients. */
	readonly clientsEvery: number;
	readonly batchSize: number;
}

/** Runs one job: sums over its examples, batch by batch in a fixed order. */
export async function runEvaluationJob(
	place: { readonly model: Model; readonly dataset: FederatedDataset; readonly batchSize: number },
	params: Vector,
	job: EvaluationJob,
): Promise<BatchEvaluation> {
	const { model, dataset, batchSize } = place;
	const view = job.kind === "central" ? dataset.centralTest : dataset.client(job.client, job.round).test;
	const from = job.kind === "central" ? job.from : 0;
	const to = job.kind === "central" ? job.to : view.indices.length;
	return evaluateExamples(model, params, view, { from, to, batchSize });
}

/** Evaluates the global model in rounds that the settings name and reports the results as events. */
export async function evaluateRound(
	place: {
		readonly evaluator: Evaluator;
		readonly settings: EvaluationSettings;
		readonly seed: number;
		readonly population: number;
		readonly numCentralExamples: number;
		readonly signal: AbortSignal;
		emit(event: RunEvent): void;
	},
	params: Vector,
	round: number,
	isLast: boolean,
): Promise<{ readonly accuracy: number | undefined }> {
	const { settings } = place;
	let accuracy: number | undefined;
	if (isLast || round % settings.every === 0) accuracy = await evaluateCentral(place, params, round);
	if (isClientEvaluationDue(settings, round, isLast)) await evaluateClients(place, params, round);
	return { accuracy };
}

/** Whether clients are evaluated after this round. */
export function isClientEvaluationDue(
	{ clients, clientsEvery }: EvaluationSettings,
	round: number,
	isLast: boolean,
): boolean {
	return clients > 0 && round > 0 && (isLast || round % clientsEvery === 0);
}

/** The same clients in every round, so that curves over rounds compare like with like. Ascending. */
export function evaluatedClients(plan: {
	readonly seed: number;
	readonly population: number;
	readonly settings: EvaluationSettings;
}): number[] {
	const { seed, population, settings } = plan;
	const numClients = Math.min(settings.clients, population);
	return sampleWithoutReplacement(randomStream(seed, "evaluation", "clients"), population, numClients);
}

/** What sums over clients' test examples mean; a client whose split left no test example is left out. */
export function clientEvaluations(
	sums: Iterable<readonly [client: number, BatchEvaluation]>,
): ClientEvaluation[] {
	return [...sums].flatMap(([client, { lossSum, numCorrect, numExamples }]) =>
		numExamples === 0
			? []
			: [{ client, accuracy: numCorrect / numExamples, loss: lossSum / numExamples, numExamples }],
	);
}

type Place = Parameters<typeof evaluateRound>[0];

async function evaluateCentral(place: Place, params: Vector, round: number): Promise<number> {
	const started = performance.now();
	const { batchSize } = place.settings;
	const jobs: EvaluationJob[] = [];
	for (let from = 0; from < place.numCentralExamples; from += batchSize) {
		jobs.push({ kind: "central", from, to: Math.min(from + batchSize, place.numCentralExamples) });
	}
	let lossSum = 0;
	let numCorrect = 0;
	for (const sums of await place.evaluator.evaluate(params, jobs, place.signal)) {
		lossSum += sums.lossSum;
		numCorrect += sums.numCorrect;
	}
	const numExamples = place.numCentralExamples;
	const accuracy = numCorrect / numExamples;
	const wallSeconds = (performance.now() - started) / 1000;
	place.emit({
		type: "evaluated.central",
		round,
		accuracy,
		loss: lossSum / numExamples,
		numExamples,
		wallSeconds,
	});
	return accuracy;
}

async function evaluateClients(place: Place, params: Vector, round: number): Promise<void> {
	const started = performance.now();
	const sample = evaluatedClients(place);
	const jobs = sample.map((client) => ({ kind: "client", client, round }) as const);
	const sums = await place.evaluator.evaluate(params, jobs, place.signal);
	const clients = clientEvaluations(sample.map((client, i) => [client, sums[i] as BatchEvaluation]));
	const wallSeconds = (performance.now() - started) / 1000;
	place.emit({ type: "evaluated.clients", round, clients, wallSeconds });
}

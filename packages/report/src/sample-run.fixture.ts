import {
	type ClientEvaluation,
	type LossReason,
	type RandomStream,
	type RunEvent,
	randomStream,
} from "@fl-sim/core";
import type { Manifest, RoundMetrics, RunRecord } from "@fl-sim/runs";
import { clientStatistics } from "@fl-sim/runs";

/** What differs between sample runs. */
export interface SampleSettings {
	readonly rounds: number;
	readonly clients: number;
	/** Rounds between two evaluations on clients; 0 for none. */
	readonly clientsEvery: number;
	readonly lossy: boolean;
	readonly manifest: Partial<Manifest>;
	readonly scenario: Readonly<Record<string, unknown>>;
	readonly partition: unknown;
}

const standard: SampleSettings = {
	rounds: 30,
	clients: 100,
	clientsEvery: 5,
	lossy: true,
	manifest: {},
	scenario: {},
	partition: undefined,
};

const payloadBytes = 246_864;

/** A made-up run that looks like a real one: accuracy rises with noise, clients differ, some are lost. */
export function sampleRecord(settings: Partial<SampleSettings> = {}): RunRecord {
	const sample = { ...standard, ...settings };
	const events: RunEvent[] = [];
	const rounds: RoundMetrics[] = [];
	for (let round = 0; round <= sample.rounds; round += 1) {
		const played = playRound(sample, round, rounds.at(-1));
		events.push(...played.events);
		rounds.push(played.metrics);
	}
	return {
		folder: "runs/20260102-030405_noniid_a1b2c3",
		manifest: { ...manifestOf(sample), ...sample.manifest },
		scenarioText: "name: noniid\n",
		scenario: { ...scenarioOf(sample), ...sample.scenario },
		started: {
			type: "run.started",
			run: "20260102-030405_noniid_a1b2c3",
			algorithm: "fedavg",
			backend: "tensorflow",
			seed: 1,
			rounds: sample.rounds,
			population: sample.clients,
			parameters: 61_706,
			workers: 4,
		},
		rounds,
		evaluations: events.filter((event) => event.type === "evaluated.central"),
		clientEvaluations: events.findLast((event) => event.type === "evaluated.clients"),
		personalEvaluations: undefined,
		partition: sample.partition,
		events: () => events,
	};
}

function playRound(
	sample: SampleSettings,
	round: number,
	before: RoundMetrics | undefined,
): { readonly events: RunEvent[]; readonly metrics: RoundMetrics } {
	const random = randomStream(1, "sample", round);
	const losses: LossReason[] = [];
	const asked = sample.lossy && round > 0 ? 10 : 0;
	for (let client = 0; client < asked; client += 1) {
		const chance = random.uniform();
		if (chance < 0.12) losses.push(chance < 0.06 ? "dropped" : chance < 0.09 ? "deadline" : "unavailable");
	}
	const lost = losses.length;
	const replied = round === 0 ? 0 : 10 - lost;
	const learnt = 1 - Math.exp(-round / (sample.rounds / 5));
	const accuracy = Math.min(1, Math.max(0, 0.1 + 0.87 * learnt + 0.012 * random.normal()));
	const loss = 2.3 * Math.exp(-learnt * 3) + 0.02 * random.uniform();
	const isEvaluated = round > 0 && sample.clientsEvery > 0 && round % sample.clientsEvery === 0;
	const clients = isEvaluated ? evaluateClients(sample.clients, accuracy, random) : [];
	const statistics = clientStatistics(clients);
	const wallSeconds = round === 0 ? 0 : 1.8 + 0.4 * random.uniform();
	const simulatedSeconds = round === 0 ? 0 : 9 + 6 * random.uniform();
	const downBytes = round === 0 ? 0 : 10 * payloadBytes;
	const metrics: RoundMetrics = {
		round,
		trainLoss: round === 0 ? null : loss * (0.8 + 0.3 * random.uniform()),
		centralAccuracy: accuracy,
		centralLoss: loss,
		clientsEvaluated: clients.length,
		clientsAccuracyMean: statistics?.mean ?? null,
		clientsAccuracyStd: statistics?.standardDeviation ?? null,
		clientsAccuracyWorstDecile: statistics?.worstDecile ?? null,
		clientsAccuracyBestDecile: statistics?.bestDecile ?? null,
		clientsLossMean: clients.length === 0 ? null : loss,
		trainedAccuracyMean: null,
		personalAccuracyMean: null,
		personalAccuracyWorstDecile: null,
		personalLossMean: null,
		replied,
		lost,
		downBytes,
		upBytes: replied * payloadBytes,
		totalDownBytes: (before?.totalDownBytes ?? 0) + downBytes,
		totalUpBytes: (before?.totalUpBytes ?? 0) + replied * payloadBytes,
		simulatedSeconds,
		totalSimulatedSeconds: (before?.totalSimulatedSeconds ?? 0) + simulatedSeconds,
		wallSeconds,
		totalWallSeconds: (before?.totalWallSeconds ?? 0) + wallSeconds,
	};
	const events: RunEvent[] = losses.map((reason, client) => {
		return {
			type: "client.lost",
			round,
			phase: "train",
			client,
			reason,
			downBytes: payloadBytes,
			upBytes: 0,
		};
	});
	events.push({ type: "evaluated.central", round, accuracy, loss, numExamples: 2000, wallSeconds: 0.2 });
	if (isEvaluated) events.push({ type: "evaluated.clients", round, clients, wallSeconds: 0.5 });
	return { events, metrics };
}

function evaluateClients(number: number, accuracy: number, random: RandomStream): ClientEvaluation[] {
	return Array.from({ length: number }, (_, client) => {
		const numExamples = 10 + Math.floor(random.uniform() * 50);
		// A few clients have data unlike the others'.
		const handicap = client % 13 === 0 ? 0.25 : 0;
		const drawn = accuracy - handicap - 0.04 + 0.07 * random.normal();
		const correct = Math.round(Math.min(1, Math.max(0, drawn)) * numExamples);
		return { client, accuracy: correct / numExamples, loss: 0.1 + random.uniform(), numExamples };
	});
}

function manifestOf(sample: SampleSettings): Manifest {
	return {
		formatVersion: 1,
		id: "20260102-030405_noniid_a1b2c3",
		status: "finished",
		name: "noniid",
		scenarioFile: "scenarios/noniid.yaml",
		baseFolder: "scenarios",
		scenarioHash: "3f5a".repeat(16),
		algorithm: "fedavg",
		seed: 1,
		rounds: sample.rounds,
		version: "0.1.0",
		commandLine: ["fl-sim", "run", "scenarios/noniid.yaml", "--set", "partition.alpha=0.3"],
		workers: 4,
		backend: {
			name: "wasm",
			version: "4.22.0",
			notChosen: [{ name: "tensorflow", reason: "its native library is not installed" }],
		},
		git: { commit: "9d4e".repeat(10), dirty: true },
		machine: {
			node: "22.23.3",
			platform: "linux x64",
			host: "laptop",
			cpuModel: "A processor at 2.4 GHz",
			cpuCores: 4,
		},
		pid: 4711,
		startedAt: "2026-01-02T03:04:05.000Z",
		endedAt: "2026-01-02T03:05:21.000Z",
		resumes: [],
		stopReason: "rounds",
		error: null,
		weightsSha256: "b7c0".repeat(16),
	};
}

function scenarioOf({ rounds, clients }: SampleSettings): Readonly<Record<string, unknown>> {
	return {
		name: "noniid",
		description: "Handwritten glyphs, unequally divided: each client has a few classes only.",
		seed: 1,
		dataset: { name: "glyphs", writers: 100 },
		partition: { name: "dirichlet", alpha: 0.3, split: { train: 0.8, validation: 0, test: 0.2 } },
		model: { name: "lenet5" },
		clients: {
			number: clients,
			perRound: 10,
			localEpochs: 1,
			batchSize: 10,
			optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
			learningRate: 0.1,
		},
		algorithm: { name: "fedavg" },
		rounds,
		evaluation: { every: 1, clients: "all", clientsEvery: 5, batchSize: 250 },
		backend: "auto",
	};
}

import type { ClientEvaluation, ClientMatrix, LossReason } from "@fl-sim/core";
import type { Manifest, RoundMetrics, RunRecord } from "@fl-sim/runs";
import { accuracyHistogram, type ClientStatistics, clientStatistics } from "@fl-sim/runs";

/** An evaluation on clients, as the report shows it. */
export interface ClientRound {
	readonly round: number;
	readonly statistics: ClientStatistics;
	readonly histogram: readonly number[];
}

/** What the report and the figures read: a run record with its events gone through once. */
export interface ReportData {
	readonly manifest: Manifest;
	readonly description: string | undefined;
	/** The resolved scenario. */
	readonly scenario: Readonly<Record<string, unknown>>;
	/** Trainable parameters of the model. */
	readonly parameters: number | undefined;
	readonly rounds: readonly RoundMetrics[];
	readonly clientRounds: readonly ClientRound[];
	readonly lastClients: readonly ClientEvaluation[];
	/** What the method measured itself, by its names, in the order of their first appearance. */
	readonly methodNumbers: ReadonlyMap<string, readonly RoundValue[]>;
	readonly methodMatrices: ReadonlyMap<string, readonly RoundMatrix[]>;
	/** Lost clients over the whole run, most frequent reason first. */
	readonly losses: readonly { readonly reason: LossReason; readonly count: number }[];
	readonly partition: unknown;
}

/** A matrix over clients with its round. */
export interface RoundMatrix {
	readonly round: number;
	readonly matrix: ClientMatrix;
}

/** Goes through a run's events and gathers what the report shows. */
export function reportData(record: RunRecord): ReportData {
	const clientRounds: ClientRound[] = [];
	const losses = new Map<LossReason, number>();
	const methodNumbers = new Map<string, RoundValue[]>();
	const methodMatrices = new Map<string, RoundMatrix[]>();
	for (const event of record.events()) {
		if (event.type === "client.lost") losses.set(event.reason, (losses.get(event.reason) ?? 0) + 1);
		if (event.type === "measured") {
			const { name, round, value } = event;
			if (typeof value === "number") addTo(methodNumbers, name, { round, value });
			else addTo(methodMatrices, name, { round, matrix: value });
		}
		if (event.type !== "evaluated.clients") continue;
		const statistics = clientStatistics(event.clients);
		if (statistics === undefined) continue;
		clientRounds.push({ round: event.round, statistics, histogram: accuracyHistogram(event.clients) });
	}
	const { description } = record.scenario;
	return {
		manifest: record.manifest,
		description: typeof description === "string" && description !== "" ? description : undefined,
		scenario: record.scenario,
		parameters: record.started?.parameters,
		rounds: record.rounds,
		clientRounds,
		lastClients: record.clientEvaluations?.clients ?? [],
		methodNumbers,
		methodMatrices,
		losses: [...losses]
			.map(([reason, count]) => ({ reason, count }))
			.sort((a, b) => b.count - a.count || a.reason.localeCompare(b.reason)),
		partition: record.partition,
	};
}

function addTo<Item>(lists: Map<string, Item[]>, name: string, item: Item): void {
	const list = lists.get(name);
	if (list === undefined) lists.set(name, [item]);
	else list.push(item);
}

/** A measured value with its round. */
export interface RoundValue {
	readonly round: number;
	readonly value: number;
}

/** Values of one metric in the rounds that measured it. */
export function measured(
	data: ReportData,
	metric:
		| "centralAccuracy"
		| "centralLoss"
		| "trainLoss"
		| "clientsAccuracyMean"
		| "trainedAccuracyMean"
		| "personalAccuracyMean"
		| "personalAccuracyWorstDecile",
): readonly RoundValue[] {
	return data.rounds.flatMap(({ round, [metric]: value }) => (value === null ? [] : [{ round, value }]));
}

/** The first round with the highest value. */
export function highest(values: readonly RoundValue[]): RoundValue | undefined {
	return values.reduce<RoundValue | undefined>(
		(best, candidate) => (best === undefined || candidate.value > best.value ? candidate : best),
		undefined,
	);
}

/** At most `count` items, evenly spaced, with the first and the last. */
export function evenlyThinned<Item>(items: readonly Item[], count: number): readonly Item[] {
	if (items.length <= count) return items;
	const step = (items.length - 1) / (count - 1);
	return Array.from({ length: count }, (_, index) => items[Math.round(index * step)] as Item);
}

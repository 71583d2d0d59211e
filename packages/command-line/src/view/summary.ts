import { formatBytes, formatCount, formatDuration, formatPercent } from "@fl-sim/report/format";
import type { RoundMetrics, RunRecord } from "@fl-sim/runs";
import { lineOf, type Span } from "./text-style.ts";

/** What the end of a run shows besides its record. */
export interface SummaryOptions {
	/** Path of the report, when one was written. */
	readonly report?: string | undefined;
	/** Commands that may come next. */
	readonly next?: readonly string[];
}

const statuses = {
	finished: { text: "Finished", style: "good" },
	interrupted: { text: "Interrupted", style: "accent" },
	failed: { text: "Failed", style: "problem" },
	running: { text: "Stopped", style: "problem" },
} as const;

const stopReasons = {
	rounds: "",
	targetAccuracy: ", target accuracy reached",
	byteBudget: ", byte budget used",
};

/** The closing block of a run, line by line. Paths are never cut off, so that they can be copied. */
export function summaryLines(record: RunRecord, options: SummaryOptions, color: boolean): readonly string[] {
	const { manifest, rounds } = record;
	const last = rounds.at(-1);
	const facts: readonly (readonly [string, string | undefined])[] = [
		["Accuracy", accuracyText(rounds)],
		["Clients", clientText(rounds)],
		["Personal", personalText(rounds)],
		["Sent", last && sentText(last)],
		["Run", record.folder],
		["Report", options.report],
		...(options.next ?? []).map((command, index) => [index === 0 ? "Next" : "", command] as const),
	];
	const lines: Span[][] = [
		[
			statuses[manifest.status],
			`  ${manifest.name}, ${progressText(record)}`,
			manifest.stopReason === null ? "" : stopReasons[manifest.stopReason],
		],
		...facts.flatMap(([label, text]) =>
			text === undefined ? [] : [[{ text: `  ${label.padEnd(10)}`, style: "dim" } as const, text]],
		),
	];
	return lines.map((spans) => lineOf(spans, Number.POSITIVE_INFINITY, color));
}

/** The end of a run in one line. */
export function summaryLine(record: RunRecord): string {
	const { manifest, folder, rounds } = record;
	const accuracy = measuredAccuracies(rounds).at(-1);
	return [
		statuses[manifest.status].text.toLowerCase(),
		`${manifest.name}:`,
		`${progressText(record)},`,
		...(accuracy === undefined ? [] : [`accuracy ${formatPercent(accuracy.value)},`]),
		folder,
	].join(" ");
}

function progressText({ manifest, rounds }: RunRecord): string {
	const last = rounds.at(-1);
	const done = `${formatCount(last?.round ?? 0)} of ${formatCount(manifest.rounds)} rounds`;
	if (last === undefined || last.round === 0) return done;
	return `${done} in ${formatDuration(last.totalWallSeconds)} (simulated ${formatDuration(last.totalSimulatedSeconds)})`;
}

function measuredAccuracies(rounds: readonly RoundMetrics[]) {
	return rounds.flatMap(({ round, centralAccuracy }) =>
		centralAccuracy === null ? [] : [{ round, value: centralAccuracy }],
	);
}

function accuracyText(rounds: readonly RoundMetrics[]): string | undefined {
	const accuracies = measuredAccuracies(rounds);
	const final = accuracies.at(-1);
	if (final === undefined) return undefined;
	const best = accuracies.reduce((a, b) => (b.value > a.value ? b : a));
	const suffix =
		best.value > final.value
			? `, best ${formatPercent(best.value)} in round ${formatCount(best.round)}`
			: ", the best of the run";
	return `${formatPercent(final.value)} on the test set${accuracies.length > 1 ? suffix : ""}`;
}

function clientText(rounds: readonly RoundMetrics[]): string | undefined {
	const evaluated = rounds.findLast(({ clientsAccuracyMean }) => clientsAccuracyMean !== null);
	if (evaluated === undefined) return undefined;
	const { clientsAccuracyMean, clientsAccuracyWorstDecile, clientsEvaluated } = evaluated;
	return `${percent(clientsAccuracyMean)} on average over ${formatCount(clientsEvaluated)}, ${percent(clientsAccuracyWorstDecile)} in the worst decile`;
}

function personalText(rounds: readonly RoundMetrics[]): string | undefined {
	const evaluated = rounds.findLast(({ personalAccuracyMean }) => personalAccuracyMean !== null);
	if (evaluated === undefined) return undefined;
	const { personalAccuracyMean, personalAccuracyWorstDecile } = evaluated;
	return `${percent(personalAccuracyMean)} on average, ${percent(personalAccuracyWorstDecile)} in the worst decile`;
}

function percent(value: number | null): string {
	return formatPercent(value ?? Number.NaN);
}

function sentText({ totalDownBytes, totalUpBytes }: RoundMetrics): string {
	return `${formatBytes(totalDownBytes)} to clients, ${formatBytes(totalUpBytes)} to the server`;
}

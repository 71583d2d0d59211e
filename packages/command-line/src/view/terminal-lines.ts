import {
	formatAmount,
	formatBytes,
	formatCount,
	formatDuration,
	formatNumber,
	formatPercent,
} from "@fl-sim/report/format";
import { type Progress, remainingSeconds } from "./progress.ts";
import { sparkline } from "./sparkline.ts";
import { lineOf, type Span } from "./text-style.ts";

export interface LineOptions {
	/** Columns of the terminal. */
	readonly width: number;
	readonly color: boolean;
}

const labelWidth = 10;

/** The four lines of the live view: rounds, clients of the round, quality, traffic. */
export function terminalLines(progress: Progress, { width, color }: LineOptions): readonly string[] {
	// Room right of the bars: "1,000/1,000  100%  about 59 min 59 s left".
	const barWidth = Math.max(8, Math.min(40, width - labelWidth - 44));
	return [
		roundLine(progress, barWidth),
		clientLine(progress, barWidth),
		qualityLine(progress, width),
		trafficLine(progress),
	].map((spans) => lineOf(spans, width, color));
}

function roundLine(progress: Progress, barWidth: number): Span[] {
	const rounds = progress.started?.rounds ?? 0;
	const isUnderWay = progress.activity === "training" || progress.activity === "starting";
	const done = isUnderWay ? Math.max(0, progress.round - 1) : progress.round;
	const left = remainingSeconds(progress);
	return [
		label("Round"),
		...bar(done, rounds, barWidth),
		`  ${formatCount(progress.round)}/${formatCount(rounds)}`,
		{ text: `  ${formatPercent(rounds === 0 ? 0 : done / rounds, 0)}`, style: "dim" },
		{ text: left === undefined ? "" : `  about ${formatDuration(left)} left`, style: "dim" },
	];
}

function clientLine({ activity, phase, cohortSize, round }: Progress, barWidth: number): Span[] {
	if (round === 0) return [label("Clients"), { text: "getting ready", style: "dim" }];
	const heard = phase.answered + phase.lost;
	return [
		label("Clients"),
		...bar(heard, cohortSize, barWidth),
		`  ${formatCount(heard)}/${formatCount(cohortSize)}`,
		phase.lost === 0 ? "" : { text: `  ${formatCount(phase.lost)} lost`, style: "problem" },
		{ text: activity === "evaluating" ? "  evaluating" : "", style: "dim" },
	];
}

function qualityLine({ accuracies, best, testLoss, trainLoss }: Progress, width: number): Span[] {
	const accuracy = accuracies.at(-1);
	const loss = Number.isFinite(testLoss) ? testLoss : trainLoss;
	const spans: Span[] = [
		label("Accuracy"),
		accuracy === undefined
			? { text: "not evaluated yet", style: "dim" }
			: { text: formatPercent(accuracy), style: "bold" },
		...(best === undefined || best.accuracy === accuracy
			? []
			: [
					{
						text: `  best ${formatPercent(best.accuracy)} in round ${formatCount(best.round)}`,
						style: "dim",
					} as const,
				]),
		Number.isFinite(loss) ? `  loss ${formatNumber(loss)}` : "",
	];
	const room = Math.min(24, width - columnsOf(spans) - 2);
	if (room < 6 || accuracies.length < 2) return spans;
	return [...spans, "  ", { text: sparkline(accuracies, room), style: "accent" }];
}

function trafficLine(progress: Progress): Span[] {
	return [
		label("Sent"),
		`${formatBytes(progress.downBytes)} down  ${formatBytes(progress.upBytes)} up`,
		progress.totalLost === 0
			? ""
			: { text: `  ${formatAmount(progress.totalLost, "answer")} lost`, style: "problem" },
		{ text: `  ${formatDuration(progress.totalWallSeconds)}`, style: "dim" },
		{ text: ` (simulated ${formatDuration(progress.totalSimulatedSeconds)})`, style: "dim" },
	];
}

function label(text: string): Span {
	return { text: text.padEnd(labelWidth), style: "dim" };
}

function bar(done: number, total: number, width: number): Span[] {
	const filled = total === 0 ? 0 : Math.min(width, Math.round((done / total) * width));
	return [
		{ text: "━".repeat(filled), style: "accent" },
		{ text: "─".repeat(width - filled), style: "dim" },
	];
}

function columnsOf(spans: readonly Span[]): number {
	return spans.reduce((sum, span) => sum + (typeof span === "string" ? span : span.text).length, 0);
}

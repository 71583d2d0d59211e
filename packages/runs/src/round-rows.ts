import type { ClientEvaluation, RunEvent } from "@fl-sim/core";
import { clientStatistics } from "./client-statistics.ts";
import type { RoundMetrics } from "./round-metrics.ts";

/** Turns the stream of events into rows. */
export interface RoundRows {
	/** The row of a round that is over, given with the first event that no longer belongs to it. */
	add(event: RunEvent): RoundMetrics | undefined;
	/** The row of the last round, when no more events come. */
	finish(): RoundMetrics | undefined;
}

export function createRoundRows(): RoundRows {
	let row: RoundMetrics | undefined;
	function take(): RoundMetrics | undefined {
		const taken = row;
		row = undefined;
		return taken;
	}
	return {
		add(event) {
			if (event.type === "round.finished") {
				const { type: _, trainLoss, ...counts } = event;
				row = { ...emptyRow(event.round), ...counts, trainLoss: finite(trainLoss) };
			} else if (event.type === "evaluated.central") {
				const { accuracy, loss } = event;
				const measured = { centralAccuracy: finite(accuracy), centralLoss: finite(loss) };
				row = { ...(row ?? emptyRow(event.round)), ...measured };
			} else if (event.type === "evaluated.clients") {
				row = { ...(row ?? emptyRow(event.round)), ...clientColumns(event.clients) };
			} else {
				return take();
			}
			return undefined;
		},
		finish: take,
	};
}

function emptyRow(round: number): RoundMetrics {
	return {
		round,
		trainLoss: null,
		centralAccuracy: null,
		centralLoss: null,
		...clientColumns([]),
		replied: 0,
		lost: 0,
		downBytes: 0,
		upBytes: 0,
		totalDownBytes: 0,
		totalUpBytes: 0,
		simulatedSeconds: 0,
		totalSimulatedSeconds: 0,
		wallSeconds: 0,
		totalWallSeconds: 0,
	};
}

function clientColumns(clients: readonly ClientEvaluation[]) {
	const statistics = clientStatistics(clients);
	return {
		clientsEvaluated: clients.length,
		clientsAccuracyMean: statistics?.mean ?? null,
		clientsAccuracyStd: statistics?.standardDeviation ?? null,
		clientsAccuracyWorstDecile: statistics?.worstDecile ?? null,
		clientsAccuracyBestDecile: statistics?.bestDecile ?? null,
		clientsLossMean: finite(clients.reduce((sum, { loss }) => sum + loss, 0) / clients.length),
	};
}

function finite(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

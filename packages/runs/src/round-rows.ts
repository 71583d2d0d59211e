import type { BatchEvaluation, ClientEvaluation, RunEvent } from "@fl-sim/core";
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
	const trained = createTrainedMean();
	function take(): RoundMetrics | undefined {
		const taken = row;
		row = undefined;
		return taken;
	}
	return {
		add(event) {
			if (event.type === "client.replied") trained.add(event.report.ownTest);
			if (event.type === "round.finished") {
				const { type: _, trainLoss, ...counts } = event;
				const trainedAccuracyMean = trained.take();
				row = { ...emptyRow(event.round), ...counts, trainLoss: finite(trainLoss), trainedAccuracyMean };
			} else if (event.type === "evaluated.central") {
				const { accuracy, loss } = event;
				const measured = { centralAccuracy: finite(accuracy), centralLoss: finite(loss) };
				row = { ...(row ?? emptyRow(event.round)), ...measured };
			} else if (event.type === "evaluated.clients") {
				row = { ...(row ?? emptyRow(event.round)), ...clientColumns(event.clients) };
			} else if (event.type === "evaluated.personal") {
				row = { ...(row ?? emptyRow(event.round)), ...personalColumns(event.clients) };
			} else {
				return take();
			}
			return undefined;
		},
		finish: take,
	};
}

/** The mean accuracy of the clients that were tested after training in a round; each counts the same. */
function createTrainedMean(): { add(test: BatchEvaluation | undefined): void; take(): number | null } {
	let sum = 0;
	let count = 0;
	return {
		add(test) {
			if (test === undefined || test.numExamples === 0) return;
			sum += test.numCorrect / test.numExamples;
			count += 1;
		},
		take() {
			const mean = count === 0 ? null : sum / count;
			sum = 0;
			count = 0;
			return mean;
		},
	};
}

function emptyRow(round: number): RoundMetrics {
	return {
		round,
		trainLoss: null,
		centralAccuracy: null,
		centralLoss: null,
		...clientColumns([]),
		trainedAccuracyMean: null,
		...personalColumns([]),
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
		clientsLossMean: meanLoss(clients),
	};
}

function personalColumns(clients: readonly ClientEvaluation[]) {
	const statistics = clientStatistics(clients);
	return {
		personalAccuracyMean: statistics?.mean ?? null,
		personalAccuracyWorstDecile: statistics?.worstDecile ?? null,
		personalLossMean: meanLoss(clients),
	};
}

function meanLoss(clients: readonly ClientEvaluation[]): number | null {
	return finite(clients.reduce((sum, { loss }) => sum + loss, 0) / clients.length);
}

function finite(value: number): number | null {
	return Number.isFinite(value) ? value : null;
}

import type { RunEvent } from "@fl-sim/core";
import {
	formatAmount,
	formatBytes,
	formatCount,
	formatDuration,
	formatNumber,
	formatPercent,
} from "@fl-sim/report/format";

/** What one round showed, as far as it is over. */
interface RoundRow {
	readonly round: number;
	readonly finished?: Extract<RunEvent, { type: "round.finished" }>;
	readonly central?: Extract<RunEvent, { type: "evaluated.central" }>;
}

const none = "-";

const columns: readonly (readonly [name: string, width: number, read: (row: RoundRow) => string])[] = [
	["round", 7, ({ round }) => formatCount(round)],
	["accuracy", 10, ({ central }) => (central === undefined ? none : formatPercent(central.accuracy))],
	["loss", 9, ({ central }) => (central === undefined ? none : formatNumber(central.loss))],
	["train loss", 12, ({ finished }) => orNone(finished?.trainLoss, formatNumber)],
	["answered", 10, ({ finished }) => orNone(finished?.replied, formatCount)],
	["lost", 6, ({ finished }) => orNone(finished?.lost, formatCount)],
	["down", 10, ({ finished }) => orNone(finished?.downBytes, formatBytes)],
	["up", 10, ({ finished }) => orNone(finished?.upBytes, formatBytes)],
	["total", 10, ({ finished }) => orNone(total(finished), formatBytes)],
	["time", 12, ({ finished }) => orNone(finished?.totalWallSeconds, formatDuration)],
];

function total(finished: RoundRow["finished"]): number | undefined {
	return finished === undefined ? undefined : finished.totalDownBytes + finished.totalUpBytes;
}

function orNone(value: number | undefined, format: (value: number) => string): string {
	return value === undefined || !Number.isFinite(value) ? none : format(value);
}

/** Turns events into lines, one for each round, given out when the round's evaluations are over. */
export function createRoundLines(): (event: RunEvent) => readonly string[] {
	let row: RoundRow | undefined;
	return (event) => {
		switch (event.type) {
			case "round.finished":
				row = { round: event.round, finished: event };
				return [];
			case "evaluated.central":
				row = { ...(row ?? { round: event.round }), central: event };
				return [];
			case "evaluated.clients":
			case "evaluated.personal":
			case "measured":
			case "client.replied":
			case "client.lost":
				return [];
			case "run.started":
				return [opening(event), columns.map(([name, width]) => name.padStart(width)).join("")];
			case "round.started":
			case "checkpoint.written":
			case "run.finished":
			case "run.interrupted":
			case "run.failed": {
				const done = row;
				row = undefined;
				return done === undefined
					? []
					: [columns.map(([, width, read]) => read(done).padStart(width)).join("")];
			}
		}
	};
}

function opening(event: Extract<RunEvent, { type: "run.started" }>): string {
	const { algorithm, backend, rounds, population, parameters, workers, seed, resumedAfterRound } = event;
	return [
		`${algorithm} on ${backend}`,
		formatAmount(population, "client"),
		formatAmount(parameters, "parameter"),
		formatAmount(rounds, "round"),
		formatAmount(workers, "worker"),
		`seed ${seed}`,
		...(resumedAfterRound === undefined ? [] : [`resumed after round ${formatCount(resumedAfterRound)}`]),
	].join(", ");
}

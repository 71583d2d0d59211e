import type { ChartData } from "../chart-data.ts";
import { niceDomain } from "../figure/scale.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from "../format.ts";
import type { ChartContent } from "./chart.ts";

export type AxisName = "round" | "totalBytes" | "totalWallSeconds" | "totalSimulatedSeconds";

/** Steps of a clock, in seconds. */
const clockSteps = [1, 60, 3600].flatMap((unit) => [1, 2, 5, 10, 15, 30].map((step) => step * unit));
const timeIncrements = [
	0.01,
	0.02,
	0.05,
	0.1,
	0.2,
	0.5,
	...clockSteps,
	...[1, 2, 5, 10, 20, 50].map((days) => days * 86_400),
].sort((a, b) => a - b);

/** Steps of what is counted: no halves. */
export const countIncrements = [1, 10, 100, 1e3, 1e4, 1e5, 1e6].flatMap((power) => [
	power,
	2 * power,
	5 * power,
]);

export const roundAxis = {
	label: "Round",
	increments: countIncrements,
	format: formatCount,
	describe: (round: number) => `Round ${formatCount(round)}`,
};

const axes = {
	round: roundAxis,
	totalBytes: { label: "Payload sent, both directions", format: formatBytes },
	totalWallSeconds: { label: "Wall time", format: formatDuration, increments: timeIncrements },
	totalSimulatedSeconds: { label: "Simulated time", format: formatDuration, increments: timeIncrements },
};

/** Limits that end on round numbers and stay between 0 and 1. */
function accuracyRange(low: number, high: number): [number, number] {
	const [from, to] = niceDomain([low, high], 6);
	return [Math.max(0, from), Math.min(1, to)];
}

export const accuracyAxis = { format: (value: number) => formatPercent(value, 0), range: accuracyRange };

/** Rows in which at least one of the columns has a value. */
function rowsWith(data: ChartData, names: readonly ("accuracy" | "testLoss" | "trainLoss")[]): number[] {
	return [...data.rounds.round.keys()].filter((row) => names.some((name) => data.rounds[name][row] != null));
}

function xOf(data: ChartData, axis: AxisName, rows: readonly number[]): ChartContent["x"] {
	return { ...axes[axis], values: rows.map((row) => data.rounds[axis][row] ?? 0) };
}

export function accuracyContent(data: ChartData, axis: AxisName): ChartContent {
	const rows = rowsWith(data, ["accuracy"]);
	return {
		x: xOf(data, axis, rows),
		y: accuracyAxis,
		series: [
			{
				label: "Global model",
				color: "--series-blue",
				values: rows.map((row) => data.rounds.accuracy[row] ?? null),
				format: formatPercent,
			},
		],
		height: 340,
		syncKey: "learning",
	};
}

export function lossContent(data: ChartData, axis: AxisName): ChartContent {
	const rows = rowsWith(data, ["testLoss", "trainLoss"]);
	return {
		x: xOf(data, axis, rows),
		y: { format: formatNumber, range: (_, high) => [0, niceDomain([0, high], 6)[1]] },
		series: [
			{
				label: "Test, global model",
				color: "--series-blue",
				values: rows.map((row) => data.rounds.testLoss[row] ?? null),
				format: formatNumber,
			},
			{
				label: "Training, clients of the round",
				color: "--series-vermilion",
				dash: [7, 5],
				values: rows.map((row) => data.rounds.trainLoss[row] ?? null),
				format: formatNumber,
			},
		].filter(({ values }) => values.some((value) => value !== null)),
		height: 280,
		syncKey: "learning",
	};
}

/** Bars that grow upwards to the server and downwards to clients. */
export function bytesContent(data: ChartData): ChartContent {
	const rows = [...data.rounds.round.keys()].filter((row) => data.rounds.round[row] !== 0);
	const bytes = (name: "upBytes" | "downBytes", sign: 1 | -1) =>
		rows.map((row) => (data.rounds[name][row] ?? 0) * sign);
	const format = (value: number) => formatBytes(Math.abs(value));
	return {
		x: { ...roundAxis, values: rows.map((row) => data.rounds.round[row] ?? 0) },
		y: { format, range: (low, high) => [Math.min(0, low) * 1.08, Math.max(0, high, 1) * 1.08] },
		series: [
			{
				label: "To the server",
				color: "--series-vermilion",
				bars: 0.8,
				values: bytes("upBytes", 1),
				format,
			},
			{ label: "To clients", color: "--series-blue", bars: 0.8, values: bytes("downBytes", -1), format },
		],
		height: 280,
	};
}

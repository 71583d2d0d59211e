import type { RoundMetrics } from "@fl-sim/runs";
import type { ChartData, Column } from "./chart-data.ts";
import { evenlyThinned, type ReportData } from "./report-data.ts";

/** More points than a screen has columns cost bytes and show nothing. */
export const maxChartRounds = 1500;
export const maxChartClients = 1000;
const maxHistograms = 250;

/** Six significant digits: exact enough to draw and to read, short in the file. Whole numbers stay whole. */
function short(value: number | null): number | null {
	if (value === null || !Number.isFinite(value)) return null;
	return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}

function columnOf<Row>(rows: readonly Row[], read: (row: Row) => number | null): Column {
	return rows.map((row) => short(read(row)));
}

/** The report's numbers as columns; long runs are thinned evenly. */
export function chartData(data: ReportData): ChartData {
	const rounds = evenlyThinned(data.rounds, maxChartRounds);
	const clientRounds = evenlyThinned(data.clientRounds, maxHistograms);
	const clients = evenlyThinned(data.lastClients, maxChartClients);
	const metric = (name: Exclude<keyof RoundMetrics, "round">) => columnOf(rounds, (row) => row[name]);
	const statistic = (name: keyof (typeof clientRounds)[number]["statistics"]) =>
		columnOf(clientRounds, (row) => row.statistics[name]);
	return {
		fileName: data.manifest.id,
		rounds: {
			round: rounds.map(({ round }) => round),
			accuracy: metric("centralAccuracy"),
			testLoss: metric("centralLoss"),
			trainLoss: metric("trainLoss"),
			replied: metric("replied"),
			lost: metric("lost"),
			downBytes: metric("downBytes"),
			upBytes: metric("upBytes"),
			totalBytes: columnOf(rounds, (row) => row.totalDownBytes + row.totalUpBytes),
			simulatedSeconds: metric("simulatedSeconds"),
			totalSimulatedSeconds: metric("totalSimulatedSeconds"),
			wallSeconds: metric("wallSeconds"),
			totalWallSeconds: metric("totalWallSeconds"),
		},
		clientRounds: {
			round: clientRounds.map(({ round }) => round),
			numClients: statistic("numClients"),
			mean: statistic("mean"),
			median: statistic("median"),
			worstDecile: statistic("worstDecile"),
			bestDecile: statistic("bestDecile"),
			standardDeviation: statistic("standardDeviation"),
			jainIndex: statistic("jainIndex"),
		},
		histograms: clientRounds.map(({ histogram }) => histogram),
		lastClients: {
			client: clients.map(({ client }) => client),
			accuracy: columnOf(clients, ({ accuracy }) => accuracy),
			loss: columnOf(clients, ({ loss }) => loss),
			numExamples: columnOf(clients, ({ numExamples }) => numExamples),
		},
	};
}

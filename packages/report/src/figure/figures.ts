import { histogramBins } from "@fl-sim/runs";
import { formatBytes, formatCount, formatNumber, formatPercent } from "../format.ts";
import { evenlyThinned, measured, type ReportData, type RoundValue } from "../report-data.ts";
import { type Axis, type Line, type Plot, renderPlot } from "./plot.ts";
import { extentOf, type Interval, niceDomain } from "./scale.ts";

/** A picture as a complete SVG document. */
export interface Figure {
	/** File name without extension: `accuracy-by-round`. */
	readonly name: string;
	readonly title: string;
	readonly svg: string;
}

/** Blue, vermilion and green of Okabe and Ito's palette: apart in every common form of colour blindness. */
const colors = { blue: "#0072b2", vermilion: "#d55e00", green: "#009e73", grey: "#5a6473" };

const maxPoints = 400;

/** All plots that the run has numbers for, in the order of the report. */
export function plotFigures(data: ReportData): Figure[] {
	const plots: readonly (readonly [string, Plot | undefined])[] = [
		["accuracy-by-round", accuracyByRound(data)],
		["accuracy-by-bytes", accuracyByBytes(data)],
		["loss-by-round", lossByRound(data)],
		["client-spread", clientSpread(data)],
		["client-histogram", clientHistogram(data)],
		["personal-models", personalModels(data)],
		["bytes-by-round", bytesByRound(data)],
		...[...data.methodNumbers].map(
			([name, values]) => [figureName(name), methodNumber(name, values)] as const,
		),
	];
	return plots.flatMap(([name, plot]) =>
		plot === undefined ? [] : [{ name, title: plot.title, svg: renderPlot(plot) }],
	);
}

/** An axis from the data's lowest to its highest value, widened to round numbers. */
function axis(
	label: string,
	format: (value: number) => string,
	values: Iterable<number>,
	limits: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Axis {
	const [low, high] = niceDomain(extentOf(values) ?? [0, 1], 6);
	return { label, format, domain: [Math.max(low, limits[0]), Math.min(high, limits[1])] };
}

const percentAxis = (label: string, values: Iterable<number>): Axis =>
	axis(label, (value) => formatPercent(value, 0), values, [0, 1]);

function roundAxis(rounds: readonly number[]): Axis {
	const [low, high] = extentOf(rounds) ?? [0, 1];
	return { label: "Round", format: formatCount, domain: high > low ? [low, high] : [low - 0.5, low + 0.5] };
}

function accuracyByRound(data: ReportData): Plot | undefined {
	const values = evenlyThinned(measured(data, "centralAccuracy"), maxPoints);
	if (values.length === 0) return undefined;
	const points = values.map(({ round, value }) => [round, value] as const);
	return {
		title: "Test accuracy by round",
		description: describe("Test accuracy", points, (round) => `round ${round}`),
		x: roundAxis(values.map(({ round }) => round)),
		y: percentAxis(
			"Accuracy of the global model",
			values.map(({ value }) => value),
		),
		layers: [{ kind: "line", label: "Global model", color: colors.blue, points }],
	};
}

function accuracyByBytes(data: ReportData): Plot | undefined {
	const rows = data.rounds.flatMap(({ centralAccuracy, totalDownBytes, totalUpBytes }) =>
		centralAccuracy === null ? [] : [[totalDownBytes + totalUpBytes, centralAccuracy] as const],
	);
	const points = evenlyThinned(rows, maxPoints);
	if (points.length === 0) return undefined;
	const bytes = points.map(([total]) => total);
	return {
		title: "Test accuracy by payload bytes",
		description: describe("Test accuracy", points, (total) => formatBytes(total)),
		x: { ...axis("Payload sent, both directions", formatBytes, bytes), domain: extentOf(bytes) ?? [0, 1] },
		y: percentAxis(
			"Accuracy of the global model",
			points.map(([, accuracy]) => accuracy),
		),
		layers: [{ kind: "line", label: "Global model", color: colors.blue, points }],
	};
}

function lossByRound(data: ReportData): Plot | undefined {
	const lines: Line[] = [
		{
			kind: "line",
			label: "Test loss, global model",
			color: colors.blue,
			points: evenlyThinned(measured(data, "centralLoss"), maxPoints).map((row) => [row.round, row.value]),
		},
		{
			kind: "line",
			label: "Training loss, clients of the round",
			color: colors.vermilion,
			dashes: "7 5",
			points: evenlyThinned(measured(data, "trainLoss"), maxPoints).map((row) => [row.round, row.value]),
		},
	];
	const layers = lines.filter(({ points }) => points.length > 0);
	if (layers.length === 0) return undefined;
	const all = layers.flatMap(({ points }) => points);
	return {
		title: "Loss by round",
		description: layers
			.map((line) => describe(line.label, line.points, (round) => `round ${round}`, formatNumber))
			.join(" "),
		x: roundAxis(all.map(([round]) => round)),
		y: axis("Cross-entropy (nats)", formatNumber, [0, ...all.map(([, loss]) => loss)]),
		layers,
	};
}

function clientSpread(data: ReportData): Plot | undefined {
	const rows = evenlyThinned(data.clientRounds, maxPoints);
	if (rows.length === 0) return undefined;
	const line = (
		label: string,
		statistic: "mean" | "median" | "worstDecile" | "bestDecile",
		style: Pick<Line, "color" | "dashes">,
	): Line => ({
		kind: "line",
		label,
		...style,
		points: rows.map(({ round, statistics }) => [round, statistics[statistic]]),
	});
	const layers = [
		line("Best decile", "bestDecile", { color: colors.green, dashes: "2 5" }),
		line("Median", "median", { color: colors.grey, dashes: "7 5" }),
		line("Mean", "mean", { color: colors.blue }),
		line("Worst decile", "worstDecile", { color: colors.vermilion, dashes: "9 4 2 4" }),
	];
	return {
		title: "Accuracy on clients by round",
		description: layers.map((layer) => describe(layer.label, layer.points, (x) => `round ${x}`)).join(" "),
		x: roundAxis(rows.map(({ round }) => round)),
		y: percentAxis(
			"Accuracy on clients' own test examples",
			layers.flatMap(({ points }) => points.map(([, accuracy]) => accuracy)),
		),
		layers,
	};
}

/** Clients' own models beside the global one, on the same test examples; nothing when clients have none. */
function personalModels(data: ReportData): Plot | undefined {
	const line = (
		label: string,
		metric: Parameters<typeof measured>[1],
		style: Pick<Line, "color" | "dashes">,
	): Line => ({
		kind: "line",
		label,
		...style,
		points: evenlyThinned(measured(data, metric), maxPoints).map(({ round, value }) => [round, value]),
	});
	if (measured(data, "personalAccuracyMean").length === 0) return undefined;
	const layers = [
		line("Own model", "personalAccuracyMean", { color: colors.blue }),
		line("its worst decile", "personalAccuracyWorstDecile", { color: colors.vermilion, dashes: "9 4 2 4" }),
		line("before aggregation", "trainedAccuracyMean", { color: colors.green, dashes: "2 5" }),
		line("Global model", "clientsAccuracyMean", { color: colors.grey, dashes: "7 5" }),
	].filter(({ points }) => points.length > 0);
	const all = layers.flatMap(({ points }) => points);
	return {
		title: "Clients' own models by round",
		description: layers.map((layer) => describe(layer.label, layer.points, (x) => `round ${x}`)).join(" "),
		x: roundAxis(all.map(([round]) => round)),
		y: percentAxis(
			"Accuracy on clients' own test examples",
			all.map(([, accuracy]) => accuracy),
		),
		layers,
	};
}

/** `collaborators-per-client` */
export function figureName(name: string): string {
	return name
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, "-")
		.replaceAll(/^-|-$/g, "");
}

function methodNumber(name: string, values: readonly RoundValue[]): Plot {
	const points = evenlyThinned(values, maxPoints).map(({ round, value }) => [round, value] as const);
	const title = name.charAt(0).toUpperCase() + name.slice(1);
	return {
		title,
		description: describe(title, points, (round) => `round ${round}`, formatNumber),
		x: roundAxis(points.map(([round]) => round)),
		y: axis(title, formatNumber, [0, ...points.map(([, value]) => value)]),
		layers: [{ kind: "line", label: title, color: colors.blue, points }],
	};
}

function clientHistogram(data: ReportData): Plot | undefined {
	const last = data.clientRounds.at(-1);
	if (last === undefined) return undefined;
	const { statistics, histogram, round } = last;
	return {
		title: `Accuracy on clients after round ${formatCount(round)}`,
		description: `${formatCount(statistics.numClients)} clients: mean ${formatPercent(statistics.mean)}, median ${formatPercent(statistics.median)}, worst decile ${formatPercent(statistics.worstDecile)}.`,
		x: {
			label: "Accuracy on the client's own test examples",
			format: (x) => formatPercent(x, 0),
			domain: [0, 1],
		},
		y: axis("Clients", formatCount, [0, 1, ...histogram]),
		layers: [
			{
				kind: "bars",
				label: "Clients",
				color: colors.blue,
				bars: histogram.map((count, bin) => [bin / histogramBins, (bin + 1) / histogramBins, count]),
			},
			{
				kind: "marker",
				label: `mean ${formatPercent(statistics.mean)}`,
				color: colors.vermilion,
				x: statistics.mean,
			},
		],
	};
}

function bytesByRound(data: ReportData): Plot | undefined {
	const rows = evenlyThinned(
		data.rounds.filter(({ round }) => round > 0),
		150,
	);
	if (rows.length === 0) return undefined;
	const domain = extentOf(rows.map(({ round }) => round)) ?? [0, 1];
	// Half of a bar: four fifths of the distance between bars are filled.
	const half = rows.length > 1 ? (0.4 * (domain[1] - domain[0])) / (rows.length - 1) : 0.4;
	return {
		title: "Payload bytes by round",
		description: "Bytes sent to clients (below the line) and to the server (above the line) in each round.",
		x: { ...roundAxis([]), domain: [domain[0] - half * 1.25, domain[1] + half * 1.25] },
		y: axis(
			"Sent to server ↑ and to clients ↓",
			(value) => formatBytes(Math.abs(value)),
			rows.flatMap(({ upBytes, downBytes }) => [upBytes, -downBytes]),
		),
		layers: [
			{
				kind: "bars",
				label: "To the server",
				color: colors.vermilion,
				bars: rows.map(({ round, upBytes }) => [round - half, round + half, upBytes]),
			},
			{
				kind: "bars",
				label: "To clients",
				color: colors.blue,
				bars: rows.map(({ round, downBytes }) => [round - half, round + half, -downBytes]),
			},
		],
	};
}

/** First, last and highest point of a line in words. */
function describe(
	what: string,
	points: readonly (readonly [number, number])[],
	place: (x: number) => string,
	format: (value: number) => string = formatPercent,
): string {
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined) return "";
	if (points.length === 1) return `${what}: ${format(first[1])} at ${place(first[0])}.`;
	return `${what}: from ${format(first[1])} at ${place(first[0])} to ${format(last[1])} at ${place(last[0])}.`;
}

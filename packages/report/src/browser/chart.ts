import uPlot from "uplot";
import { trimZeros } from "../format.ts";
import { createElement, styleColor } from "./page-element.ts";

/** One series of a chart. */
interface ChartSeries {
	readonly label: string;
	/** Custom property of the style sheet: `--series-1`. */
	readonly color: string;
	readonly dash?: readonly number[];
	/** Drawn as bars instead of a line; the width is a share of the distance between points. */
	readonly bars?: number;
	/** Draws nothing itself: an edge of a band. */
	readonly isEdge?: boolean;
	readonly values: readonly (number | null)[];
	readonly format: (value: number) => string;
}

/** What a chart shows at the moment. */
export interface ChartContent {
	readonly x: {
		readonly label: string;
		readonly values: readonly number[];
		/** Allowed distances between ticks; round decimal numbers when left out. */
		readonly increments?: readonly number[];
		readonly format: (value: number) => string;
		/** The place of the cursor in words; `format` when left out. */
		readonly describe?: (value: number) => string;
	};
	readonly series: readonly ChartSeries[];
	readonly y: {
		readonly increments?: readonly number[];
		readonly format: (value: number) => string;
		readonly range: (low: number, high: number) => [number, number];
	};
	/** Fills the space between two series, counted from 0. */
	readonly band?: { readonly between: readonly [number, number]; readonly color: string };
	/** Charts with an equal key move their cursors together. */
	readonly syncKey?: string;
	readonly height: number;
}

export interface Chart {
	/** Draws new content, or the same content in new colours. */
	update(content?: ChartContent): void;
}

/** Draws a chart into `host`, with a legend whose buttons hide series and show the values under the cursor. */
export function createChart(host: HTMLElement, initial: ChartContent): Chart {
	const legend = createElement("div", { class: "legend", role: "group", "aria-label": "Series shown" });
	const canvas = createElement("div", {
		class: "canvas",
		tabindex: "0",
		role: "img",
		"aria-label": `${host.dataset["label"] ?? "Chart"}. Arrow keys read values.`,
	});
	host.replaceChildren(legend, canvas);
	const hidden = new Set<string>();
	let content = initial;
	let plot: uPlot | undefined;

	const draw = () => {
		plot?.destroy();
		const showValues = drawLegend(legend, content, hidden, (index, isShown) => {
			plot?.setSeries(index + 1, { show: isShown });
		});
		plot = new uPlot(
			plotOptions(content, hidden, canvas.clientWidth, showValues),
			[[...content.x.values], ...content.series.map(({ values }) => [...values])],
			canvas,
		);
		showValues(undefined);
	};
	draw();
	new ResizeObserver(() => {
		if (plot !== undefined && canvas.clientWidth > 0 && plot.width !== canvas.clientWidth) {
			plot.setSize({ width: canvas.clientWidth, height: content.height });
		}
	}).observe(canvas);
	canvas.addEventListener("keydown", (event) => {
		if (plot !== undefined && moveCursor(plot, event.key)) event.preventDefault();
	});
	return {
		update(next = content) {
			content = next;
			draw();
		},
	};
}

/** Moves the cursor to the point before or after; false when the key means nothing here. */
function moveCursor(plot: uPlot, key: string): boolean {
	const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 };
	const step = steps[key];
	if (step === undefined) return false;
	const xs = plot.data[0];
	const current = plot.cursor.idx ?? (step < 0 ? xs.length : -1);
	const x = xs[Math.max(0, Math.min(xs.length - 1, current + step))];
	if (x === undefined) return false;
	plot.setCursor({ left: plot.valToPos(x, "x"), top: plot.over.clientHeight / 2 });
	return true;
}

type ShowValues = (index: number | undefined) => void;

function drawLegend(
	legend: HTMLElement,
	content: ChartContent,
	hidden: Set<string>,
	toggle: (index: number, isShown: boolean) => void,
): ShowValues {
	const place = createElement("span", { class: "place" });
	const values = content.series.map(({ label, color, dash, bars }, index) => {
		const button = createElement("button", { type: "button", "aria-pressed": String(!hidden.has(label)) });
		const kind = bars === undefined ? (dash === undefined ? "line" : "dashed") : "bar";
		const swatch = createElement("span", { class: `swatch ${kind}`, "aria-hidden": "true" });
		swatch.style.color = `var(${color})`;
		const value = createElement("output", {});
		button.append(swatch, createElement("span", {}, label), value);
		button.addEventListener("click", () => {
			const isShown = hidden.delete(label);
			if (!isShown) hidden.add(label);
			button.setAttribute("aria-pressed", String(isShown));
			toggle(index, isShown);
		});
		legend.append(button);
		return value;
	});
	legend.replaceChildren(...values.flatMap(({ parentElement }) => parentElement ?? []), place);
	return (index) => {
		const at = index ?? content.x.values.length - 1;
		const x = content.x.values[at];
		place.textContent = x === undefined ? "" : (content.x.describe ?? content.x.format)(x);
		for (const [row, { values: numbers, format }] of content.series.entries()) {
			const number = numbers[at];
			const output = values[row];
			if (output !== undefined) output.textContent = number == null ? "–" : format(number);
		}
	};
}

function plotOptions(
	content: ChartContent,
	hidden: ReadonlySet<string>,
	width: number,
	showValues: ShowValues,
): uPlot.Options {
	const quiet = styleColor("--quiet");
	const font = `12px ${getComputedStyle(document.body).fontFamily}`;
	const grid = { stroke: styleColor("--rule"), width: 1 };
	const { x, y, band } = content;
	return {
		width,
		height: content.height,
		padding: [12, 28, 0, 0],
		legend: { show: false },
		cursor: {
			y: false,
			points: { size: 8 },
			...(content.syncKey === undefined ? {} : { sync: { key: content.syncKey } }),
		},
		scales: {
			x: { time: false, ...(content.series.some(({ bars }) => bars) ? { range: barRange } : {}) },
			y: { range: (_, low, high) => y.range(low, high) },
		},
		axes: [
			{
				stroke: quiet,
				font,
				labelFont: font,
				label: x.label,
				labelSize: 22,
				size: 34,
				space: 64,
				grid: { show: false },
				ticks: { stroke: styleColor("--rule"), width: 1, size: 5 },
				values: (_, ticks) => ticks.map((tick) => trimZeros(x.format(tick))),
				...(x.increments === undefined ? {} : { incrs: [...x.increments] }),
			},
			{
				stroke: quiet,
				font,
				size: 62,
				space: 36,
				grid,
				ticks: { show: false },
				values: (_, ticks) => ticks.map((tick) => trimZeros(y.format(tick))),
				...(y.increments === undefined ? {} : { incrs: [...y.increments] }),
			},
		],
		series: [{}, ...content.series.map((series) => seriesOptions(series, hidden))],
		...(band === undefined
			? {}
			: {
					bands: [
						{
							series: [band.between[0] + 1, band.between[1] + 1] as [number, number],
							fill: styleColor(band.color),
						},
					],
				}),
		hooks: { setCursor: [(plot) => showValues(plot.cursor.idx ?? undefined)] },
	};
}

/** Room for half a bar at both ends. */
function barRange(plot: uPlot, low: number, high: number): [number, number] {
	const xs = plot.data[0];
	const step = xs.length > 1 ? ((xs.at(-1) ?? 0) - (xs[0] ?? 0)) / (xs.length - 1) : 1;
	return [low - step / 2, high + step / 2];
}

function seriesOptions(series: ChartSeries, hidden: ReadonlySet<string>): uPlot.Series {
	const color = styleColor(series.color);
	return {
		label: series.label,
		show: !hidden.has(series.label),
		stroke: color,
		width: series.isEdge || series.bars !== undefined ? 0 : 2.25,
		spanGaps: true,
		points: { show: series.values.length === 1 },
		...(series.dash === undefined ? {} : { dash: [...series.dash] }),
		...(series.bars === undefined || uPlot.paths.bars === undefined
			? {}
			: { fill: color, points: { show: false }, paths: uPlot.paths.bars({ size: [series.bars, 48] }) }),
	};
}

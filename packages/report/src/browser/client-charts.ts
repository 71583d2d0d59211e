import type { ChartData } from "../chart-data.ts";
import { niceDomain } from "../figure/scale.ts";
import { formatCount, formatPercent } from "../format.ts";
import { type Chart, type ChartContent, createChart } from "./chart.ts";
import { accuracyAxis, countIncrements, roundAxis } from "./learning-charts.ts";
import { elementById } from "./page-element.ts";

/** Mean, median and deciles over rounds, with a band between the deciles. */
export function clientSpread({ clientRounds }: ChartData): ChartContent {
	return {
		x: { ...roundAxis, values: clientRounds.round },
		y: accuracyAxis,
		series: [
			{
				label: "Best decile",
				color: "--series-green",
				dash: [2, 5],
				values: clientRounds.bestDecile,
				format: formatPercent,
			},
			{
				label: "Worst decile",
				color: "--series-vermilion",
				dash: [9, 4, 2, 4],
				values: clientRounds.worstDecile,
				format: formatPercent,
			},
			{
				label: "Median",
				color: "--series-grey",
				dash: [7, 5],
				values: clientRounds.median,
				format: formatPercent,
			},
			{ label: "Mean", color: "--series-blue", values: clientRounds.mean, format: formatPercent },
		],
		band: { between: [0, 1], color: "--band" },
		height: 300,
	};
}

function histogramContent(data: ChartData, row: number): ChartContent {
	const counts = data.histograms[row] ?? [];
	const width = 1 / counts.length;
	const tallest = Math.max(1, ...data.histograms.flat());
	return {
		x: {
			label: "Accuracy",
			values: counts.map((_, bin) => (bin + 0.5) * width),
			format: (value) => formatPercent(value, 0),
			describe: (middle) =>
				`from ${formatPercent(middle - width / 2, 0)} to ${formatPercent(middle + width / 2, 0)}`,
		},
		// One height for all rounds, so that moving the slider compares them.
		y: { increments: countIncrements, format: formatCount, range: () => [0, niceDomain([0, tallest], 6)[1]] },
		series: [{ label: "Clients", color: "--series-blue", bars: 0.92, values: counts, format: formatCount }],
		height: 300,
	};
}

/** The distribution after one round; a slider, when the page has one, chooses the round. */
export function drawClientHistogram(host: HTMLElement, data: ChartData): Chart {
	const last = data.histograms.length - 1;
	const chart = createChart(host, histogramContent(data, last));
	const slider = document.querySelector<HTMLInputElement>("#histogram-round");
	if (slider !== null) {
		const name = elementById("histogram-round-name");
		slider.max = String(last);
		slider.value = String(last);
		slider.addEventListener("input", () => {
			const row = Number(slider.value);
			const round = formatCount(data.clientRounds.round[row] ?? Number.NaN);
			name.textContent = round;
			slider.setAttribute("aria-valuetext", `round ${round}`);
			chart.update(histogramContent(data, row));
		});
	}
	return chart;
}

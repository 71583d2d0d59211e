import type { ChartData } from "../chart-data.ts";
import { type Chart, createChart } from "./chart.ts";
import { clientSpread, drawClientHistogram } from "./client-charts.ts";
import { offerCopies, offerDownloads } from "./downloads.ts";
import { type AxisName, accuracyContent, bytesContent, lossContent } from "./learning-charts.ts";
import { elementById } from "./page-element.ts";
import { followTheme } from "./theme.ts";

const data = JSON.parse(elementById("data").textContent) as ChartData;
const charts: Chart[] = [];
document.documentElement.classList.add("script");
followTheme(() => {
	for (const chart of charts) chart.update();
});
offerDownloads(data);
offerCopies();
drawLearning();
drawOne("client-spread", () => createChart(place("client-spread"), clientSpread(data)));
drawOne("client-histogram", () => drawClientHistogram(place("client-histogram"), data));
drawOne("bytes", () => createChart(place("bytes"), bytesContent(data)));
openForPrint();

function place(name: string): HTMLElement {
	const element = document.querySelector<HTMLElement>(`[data-chart="${name}"]`);
	if (element === null) throw new Error(`the page has no chart ${name}`);
	return element;
}

/** Draws a chart if the page has a place for it. */
function drawOne(name: string, draw: () => Chart): void {
	if (document.querySelector(`[data-chart="${name}"]`) !== null) charts.push(draw());
}

/** Accuracy and loss share their horizontal axis and its control. */
function drawLearning(): void {
	const contents = { accuracy: accuracyContent, loss: lossContent };
	for (const [name, contentOf] of Object.entries(contents)) {
		drawOne(name, () => {
			const chart = createChart(place(name), contentOf(data, "round"));
			for (const radio of document.querySelectorAll<HTMLInputElement>("input[name=axis]")) {
				radio.addEventListener("change", () => chart.update(contentOf(data, radio.value as AxisName)));
			}
			return chart;
		});
	}
}

/** Paper cannot be unfolded: the settings are printed open, the long table of rounds as the reader left it. */
function openForPrint(): void {
	const settings = document.querySelectorAll<HTMLDetailsElement>("[aria-labelledby=settings] details");
	const wereOpen = new Map<HTMLDetailsElement, boolean>();
	addEventListener("beforeprint", () => {
		for (const details of settings) {
			wereOpen.set(details, details.open);
			details.open = true;
		}
	});
	addEventListener("afterprint", () => {
		for (const [details, wasOpen] of wereOpen) details.open = wasOpen;
	});
}

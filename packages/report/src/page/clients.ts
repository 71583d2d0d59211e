import { maxChartClients } from "../chart-columns.ts";
import type { Figure } from "../figure/figures.ts";
import { formatAmount, formatCount, formatPercent } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import type { ClientRound, ReportData } from "../report-data.ts";
import { chartFigure } from "./chart-figure.ts";

/** How the global model does on each client's own test examples. */
export function clients(data: ReportData, figures: ReadonlyMap<string, Figure>): Markup {
	const last = data.clientRounds.at(-1);
	return markup`<section aria-labelledby="clients">
<div class="section-head"><h2 id="clients">Clients</h2></div>
${last === undefined ? markup`<p class="empty">Clients were not evaluated on their own test examples. Set <code>evaluation.clients</code> in the scenario to see how accuracy is spread over clients.</p>` : evaluated(data, last, figures)}
</section>`;
}

function evaluated(data: ReportData, last: ClientRound, figures: ReadonlyMap<string, Figure>): Markup {
	const { statistics, round } = last;
	const rows = [
		["Mean", formatPercent(statistics.mean)],
		["Median", formatPercent(statistics.median)],
		["Worst decile", formatPercent(statistics.worstDecile)],
		["Best decile", formatPercent(statistics.bestDecile)],
		["Standard deviation", formatPercent(statistics.standardDeviation)],
		["Jain's fairness index", statistics.jainIndex.toFixed(3)],
	] as const;
	return markup`<p class="lead">Accuracy of the global model on the test examples of ${formatAmount(statistics.numClients, "client")}, after round ${formatCount(round)}. Every client counts the same.</p>
<dl class="row-figures">${rows.map(([label, value]) => markup`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
<p class="note">A decile is the mean over a tenth of the clients. Jain's index is 1 when all clients have the same accuracy.</p>
<div class="columns">
${chartFigure({
	chart: "client-spread",
	title: "Spread over rounds",
	caption: "The band spans worst to best decile.",
	figure: figures.get("client-spread"),
})}
${chartFigure({
	chart: "client-histogram",
	title: "Distribution",
	caption: "Number of clients by accuracy, in steps of 5 points.",
	controls: data.clientRounds.length > 1 && roundSlider(data),
	figure: figures.get("client-histogram"),
})}
</div>
<p class="actions script-only"><button type="button" class="plain" data-download="client-rounds">Statistics by round (CSV)</button> <button type="button" class="plain" data-download="clients">Last evaluation by client (CSV)</button>${data.lastClients.length > maxChartClients && markup` <span class="note">The file has ${formatCount(maxChartClients)} of ${formatCount(data.lastClients.length)} clients, evenly chosen; <code>clients.csv</code> in the run folder has all.</span>`}</p>`;
}

function roundSlider(data: ReportData): Markup {
	return markup`<label class="slider script-only"><span>After round</span> <input type="range" id="histogram-round" min="0" max="1" value="1" step="1"> <output id="histogram-round-name">${formatCount(data.clientRounds.at(-1)?.round ?? 0)}</output></label>`;
}

import type { RoundMetrics } from "@fl-sim/runs";
import { maxChartRounds } from "../chart-columns.ts";
import { formatBytes, formatCount, formatDuration, formatNumber, formatPercent } from "../format.ts";
import { type Markup, markup } from "../markup.ts";
import { evenlyThinned, type ReportData } from "../report-data.ts";

const maxRows = 300;

const percent = (value: number | null) => formatPercent(value ?? Number.NaN);
const number = (value: number | null) => formatNumber(value ?? Number.NaN);

const columns: readonly (readonly [string, (row: RoundMetrics) => string])[] = [
	["Round", (row) => formatCount(row.round)],
	["Accuracy", (row) => percent(row.centralAccuracy)],
	["Test loss", (row) => number(row.centralLoss)],
	["Training loss", (row) => number(row.trainLoss)],
	["Answered", (row) => formatCount(row.replied)],
	["Lost", (row) => formatCount(row.lost)],
	["To clients", (row) => formatBytes(row.downBytes)],
	["To server", (row) => formatBytes(row.upBytes)],
	["Sent so far", (row) => formatBytes(row.totalDownBytes + row.totalUpBytes)],
	["Simulated", (row) => formatDuration(row.simulatedSeconds)],
	["Wall", (row) => formatDuration(row.wallSeconds)],
];

/** All rounds as a table: the text form of the charts. */
export function roundsTable(data: ReportData): Markup {
	const rows = evenlyThinned(data.rounds, maxRows);
	const numRounds = data.rounds.length;
	return markup`<section aria-labelledby="rounds">
<div class="section-head"><h2 id="rounds">Rounds</h2></div>
${
	numRounds === 0
		? markup`<p class="empty">No round was finished.</p>`
		: markup`<details><summary>Table of rounds</summary>
${rows.length < numRounds && markup`<p class="note">${formatCount(rows.length)} of ${formatCount(numRounds)} rounds, evenly chosen.</p>`}
<div class="scroll" tabindex="0" role="region" aria-label="Table of rounds"><table class="numbers"><caption class="hidden">Rounds</caption>
<thead><tr>${columns.map(([name]) => markup`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map((row) => markup`<tr>${columns.map(([, read], index) => (index === 0 ? markup`<th scope="row">${read(row)}</th>` : markup`<td>${read(row)}</td>`))}</tr>\n`)}</tbody></table></div>
</details>
<p class="actions script-only"><button type="button" class="plain" data-download="rounds">Rounds (CSV)</button> <button type="button" class="plain" data-download="all">All numbers of this page (JSON)</button>${numRounds > maxChartRounds && markup` <span class="note">Both have ${formatCount(maxChartRounds)} rounds, evenly chosen; <code>metrics.csv</code> in the run folder has all.</span>`}</p>`
}
</section>`;
}

import { type PartitionSummary, renderHeatMapSvg } from "@fl-sim/data";
import { formatAmount, formatCount, formatPercent } from "../format.ts";
import { type Markup, type MarkupValue, markup, trusted } from "../markup.ts";
import { asPartitionSummary } from "../partition-summary.ts";
import type { ReportData } from "../report-data.ts";

/** A second picture for the dark theme is left out when it would make the file large. */
const maxPictureLength = 100_000;

/** Who owns what, and how unequal that is. */
export function partition(data: ReportData): Markup {
	const summary = asPartitionSummary(data.partition);
	return markup`<section aria-labelledby="partition">
<div class="section-head"><h2 id="partition">Data of the clients</h2></div>
${
	summary === undefined
		? markup`<p class="empty">The run folder holds no summary of the partition${data.partition !== undefined && " that this version can read"}.</p>`
		: known(summary)
}
</section>`;
}

function known(summary: PartitionSummary): Markup {
	const { sizes } = summary.skew;
	const isSample = summary.clients.length < summary.numClients;
	return markup`<p class="lead">${formatAmount(summary.numClients, "client")}${isSample && `, of which ${formatCount(summary.clients.length)} evenly chosen ones are shown,`} with ${formatCount(sizes.min)} to ${formatCount(sizes.max)} examples (median ${formatCount(sizes.median)}) of ${formatAmount(summary.numClasses, "class", "classes")}.</p>
${picture(summary)}
<h3>Skew</h3>
<div class="scroll"><table class="numbers narrow"><caption class="hidden">Skew of the partition</caption>
<thead><tr><th scope="col">Measure</th><th scope="col">Mean</th><th scope="col">Least</th><th scope="col">Most</th></tr></thead>
<tbody>${skewRows(summary)}</tbody></table></div>
<p class="note">Distances are between the labels of a client and the labels of all clients together. Gini coefficient of the clients' sizes: ${sizes.gini.toFixed(3)}; 0 when all clients have equally many examples.</p>`;
}

const scrollable = markup`tabindex="0" role="region" aria-label="Heat map of classes by client"`;

function picture(summary: PartitionSummary): Markup {
	const light = renderHeatMapSvg(summary);
	if (light.length > maxPictureLength)
		return markup`<div class="heat-map" ${scrollable}>${trusted(light)}</div>`;
	const dark = renderHeatMapSvg(summary, { background: "dark" });
	return markup`<div class="heat-map light" ${scrollable}>${trusted(light)}</div>
<div class="heat-map dark" ${scrollable}>${trusted(dark)}</div>`;
}

function skewRows({ skew }: PartitionSummary): MarkupValue {
	const share = (value: number) => formatPercent(value, 0);
	const decimal = (digits: number) => (value: number) => value.toFixed(digits);
	const rows = [
		["Total-variation distance", skew.totalVariation, decimal(3)],
		["Jensen-Shannon divergence (bits)", skew.jensenShannon, decimal(3)],
		["Effective number of classes", skew.effectiveClasses, decimal(1)],
		["Classes present", skew.classesPresent, decimal(1)],
		["Share of the most frequent class", skew.largestShare, share],
		["Examples", skew.sizes, (value: number) => formatCount(value)],
	] as const;
	return rows.map(
		([name, spread, format]) =>
			markup`<tr><th scope="row">${name}</th><td>${format(spread.mean)}</td><td>${format(spread.min)}</td><td>${format(spread.max)}</td></tr>\n`,
	);
}

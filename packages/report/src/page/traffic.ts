import type { LossReason } from "@fl-sim/core";
import type { Figure } from "../figure/figures.ts";
import { formatAmount, formatBytes, formatCount, formatPercent } from "../format.ts";
import { type Markup, markup, trusted } from "../markup.ts";
import type { ReportData } from "../report-data.ts";
import { chartFigure } from "./chart-figure.ts";

/** Bytes by round and direction, and totals. */
export function traffic(data: ReportData, figures: ReadonlyMap<string, Figure>): Markup {
	const last = data.rounds.at(-1);
	const figure = figures.get("bytes-by-round");
	return markup`<section aria-labelledby="traffic">
<div class="section-head"><h2 id="traffic">Communication</h2></div>
${
	last === undefined || figure === undefined
		? markup`<p class="empty">No round was finished, so nothing was sent.</p>`
		: markup`<p class="lead">${formatBytes(last.totalDownBytes + last.totalUpBytes)} of payload: ${formatBytes(last.totalDownBytes)} to clients and ${formatBytes(last.totalUpBytes)} to the server, ${formatBytes((last.totalDownBytes + last.totalUpBytes) / Math.max(1, last.round))} in a round on average. Payload is counted as encoded, without framing.</p>
${chartFigure({ chart: "bytes", title: "Payload bytes by round", caption: "Sent to the server above the line, to clients below it.", figure })}`
}
${participation(data)}
</section>`;
}

const lossReasons: Readonly<Record<LossReason, string>> = {
	unavailable: "Not available when the round began",
	dropped: "Dropped out in the middle of the round",
	deadline: "Missed the deadline",
	disconnected: "Lost the connection",
	rejected: "Answer rejected",
	failed: "Failed in its task",
	surplus: "Enough others had answered",
};

/** Clients that did not answer, by reason. */
function participation(data: ReportData): Markup {
	const replied = data.rounds.reduce((sum, round) => sum + round.replied, 0);
	const lost = data.losses.reduce((sum, { count }) => sum + count, 0);
	const share = (count: number) => count / Math.max(1, replied + lost);
	if (lost === 0) {
		return markup`<h3>Lost clients</h3>
<p>${replied === 0 ? "No client was asked." : `None: all ${formatAmount(replied, "answer")} arrived.`}</p>`;
	}
	return markup`<h3>Lost clients</h3>
<p>${formatAmount(lost, "answer")} of ${formatCount(replied + lost)} did not arrive (${formatPercent(share(lost))}).</p>
<div class="scroll"><table class="bars"><caption class="hidden">Lost clients by reason</caption>
<thead><tr><th scope="col">Reason</th><th scope="col">Clients</th><th scope="col">Share</th><td class="share"></td></tr></thead>
<tbody>${data.losses.map(
		({ reason, count }) =>
			markup`<tr><th scope="row">${lossReasons[reason]}</th><td>${formatCount(count)}</td><td>${formatPercent(share(count))}</td><td class="share">${shareBar(count / (data.losses[0]?.count ?? 1))}</td></tr>`,
	)}</tbody></table></div>`;
}

function shareBar(share: number): Markup {
	const width = Math.round(share * 1000) / 10;
	return trusted(
		`<svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect width="${width}" height="8"/></svg>`,
	);
}

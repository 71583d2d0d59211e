import type { RunRecord } from "@fl-sim/runs";
import { chartData } from "../chart-columns.ts";
import { plotFigures } from "../figure/figures.ts";
import { jsonForScript, markup, trusted } from "../markup.ts";
import { reportData } from "../report-data.ts";
import { pageScript } from "./assets.ts";
import { clients } from "./clients.ts";
import { pageDocument } from "./document.ts";
import { header } from "./header.ts";
import { learning } from "./learning.ts";
import { method } from "./method.ts";
import { partition } from "./partition.ts";
import { roundsTable } from "./rounds-table.ts";
import { settings } from "./settings.ts";
import { traffic } from "./traffic.ts";

/**
 * A run as one HTML page that needs no network and no server. A run that failed, was interrupted or measured
 * little gives a page that says so.
 */
export function renderReport(record: RunRecord): string {
	const data = reportData(record);
	const figures = new Map(plotFigures(data).map((figure) => [figure.name, figure]));
	const script = pageScript();
	return pageDocument({
		title: data.manifest.name,
		version: data.manifest.version,
		body: markup`${header(data)}
${learning(data, figures)}
${clients(data, figures)}
${method(data, figures)}
${traffic(data, figures)}
${partition(data)}
${settings(data)}
${roundsTable(data)}`,
		origin: markup` from the run folder <code>${data.manifest.id}</code>`,
		script: {
			elements: markup`<script type="application/json" id="data">${jsonForScript(chartData(data))}</script>
<script>${trusted(script.code)}</script>`,
			hash: script.hash,
		},
	});
}

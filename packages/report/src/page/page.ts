import type { RunRecord } from "@fl-sim/runs";
import { chartData } from "../chart-columns.ts";
import { plotFigures } from "../figure/figures.ts";
import { jsonForScript, markup, trusted } from "../markup.ts";
import { reportData } from "../report-data.ts";
import { pageAssets } from "./assets.ts";
import { clients } from "./clients.ts";
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
	const { style, script, scriptHash } = pageAssets();
	const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src '${scriptHash}'; img-src data:`;
	return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="fl-sim ${data.manifest.version}">
<title>${data.manifest.name} – fl-sim</title>
<style>
${trusted(style)}
</style>
</head>
<body>
<main>
${header(data)}
${learning(data, figures)}
${clients(data, figures)}
${method(data, figures)}
${traffic(data, figures)}
${partition(data)}
${settings(data)}
${roundsTable(data)}
</main>
<footer><p>Written by fl-sim ${data.manifest.version} from the run folder <code>${data.manifest.id}</code>. This file is complete: it opens without a network.</p></footer>
<script type="application/json" id="data">${jsonForScript(chartData(data))}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.text;
}

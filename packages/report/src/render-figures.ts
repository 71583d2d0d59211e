import { renderHeatMapSvg } from "@fl-sim/data";
import type { RunRecord } from "@fl-sim/runs";
import { type Figure, plotFigures } from "./figure/figures.ts";
import { asPartitionSummary } from "./partition-summary.ts";
import { reportData } from "./report-data.ts";

/** All figures of a run that it has numbers for, as SVG documents that depend on nothing else. */
export function renderFigures(record: RunRecord): readonly Figure[] {
	const plots = plotFigures(reportData(record));
	const summary = asPartitionSummary(record.partition);
	if (summary === undefined) return plots;
	return [...plots, { name: "partition", title: "Classes by client", svg: renderHeatMapSvg(summary) }];
}

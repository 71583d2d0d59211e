import { join } from "node:path";

/** The files of a run folder. Everything a run writes lies below its folder. */
export const runFiles = {
	/** The scenario as the user gave it. */
	scenario: "scenario.yaml",
	/** The scenario with all defaults, `extends` and overrides worked in. */
	resolved: "resolved.yaml",
	manifest: "run.json",
	events: "events.jsonl",
	metricsLines: "metrics.jsonl",
	metricsTable: "metrics.csv",
	metricsParquet: "metrics.parquet",
	clients: "clients.csv",
	partition: "partition.json",
	weights: "weights.safetensors",
	checkpoints: "checkpoints",
	log: "log.ndjson",
	report: "report.html",
} as const;

/** Where a file of a run lies. */
export function runFile(folder: string, file: keyof typeof runFiles): string {
	return join(folder, runFiles[file]);
}

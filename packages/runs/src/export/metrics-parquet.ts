import { parquetWriteBuffer } from "hyparquet-writer";
import { writeFileDurably } from "../durable-file.ts";
import { readRows } from "../list-runs.ts";
import { readManifest } from "../manifest.ts";
import { runFile } from "../run-files.ts";
import { type MetricValue, tidyValues } from "./metric-names.ts";

/** A Parquet file with the columns of `tidyColumns`. */
export function tidyParquet(values: Iterable<MetricValue>): Uint8Array {
	const rows = [...values];
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: "run", data: rows.map(({ run }) => run), type: "STRING" },
				{ name: "seed", data: rows.map(({ seed }) => BigInt(seed)), type: "INT64" },
				{ name: "round", data: rows.map(({ round }) => round), type: "INT32" },
				{ name: "metric", data: rows.map(({ metric }) => metric), type: "STRING" },
				{ name: "value", data: rows.map(({ value }) => value), type: "DOUBLE" },
				{ name: "wallSeconds", data: rows.map(({ wallSeconds }) => wallSeconds), type: "DOUBLE" },
			],
		}),
	);
}

/** Writes `metrics.parquet` from `metrics.jsonl`. @throws FL_RUN_WRITE */
export async function writeMetricsParquet(folder: string): Promise<void> {
	const bytes = tidyParquet(tidyValues(readManifest(folder), readRows(folder)));
	await writeFileDurably(runFile(folder, "metricsParquet"), [bytes], { folder, byteLength: bytes.length });
}

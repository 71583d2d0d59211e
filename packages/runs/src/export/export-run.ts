import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { csvLine } from "../csv.ts";
import { writeFileDurably } from "../durable-file.ts";
import { type RunRecord, readRun } from "../read-run.ts";
import { writeFailure } from "../write-failure.ts";
import { tidyColumns, tidyValues } from "./metric-names.ts";
import { tidyParquet } from "./metrics-parquet.ts";
import { type Scalar, tensorboardRecords } from "./tensorboard.ts";

export const exportFormats = ["tensorboard", "csv", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Writes a run's metrics in another format: below `to`, or below `export/` in the run folder. CSV and Parquet
 * files are tidy (one row for each value, columns run, seed, round, metric, value, wallSeconds). TensorBoard files
 * lie in a folder of the run's name, so that several runs exported to one folder are compared there.
 *
 * @returns the path of the file written.
 * @throws FL_RUN_FOLDER, FL_RUN_WRITE
 */
export async function exportRun(
	folder: string,
	options: { readonly format: ExportFormat; readonly to?: string | undefined },
): Promise<string> {
	const run = readRun(folder);
	const { name, pieces } = exportFile(run, options.format);
	const file = join(options.to ?? join(folder, "export"), name);
	await mkdir(dirname(file), { recursive: true }).catch((cause: unknown) => {
		throw writeFailure(dirname(file), cause);
	});
	await writeFileDurably(file, pieces);
	return file;
}

function exportFile(
	{ manifest, rounds }: RunRecord,
	format: ExportFormat,
): { readonly name: string; readonly pieces: Iterable<Uint8Array | string> } {
	const { id } = manifest;
	const values = tidyValues(manifest, rounds);
	if (format === "csv") return { name: `${id}.csv`, pieces: csvPieces(values) };
	if (format === "parquet") return { name: `${id}.parquet`, pieces: [tidyParquet(values)] };
	const startTime = Date.parse(manifest.startedAt) / 1000;
	const name = `events.out.tfevents.${Math.floor(startTime)}.fl-sim`;
	return { name: join(id, name), pieces: tensorboardRecords(startTime, scalarsOf(startTime, values)) };
}

function* csvPieces(values: ReturnType<typeof tidyValues>): Generator<string> {
	yield csvLine(tidyColumns);
	for (const value of values) yield csvLine(tidyColumns.map((column) => value[column]));
}

function* scalarsOf(startTime: number, values: ReturnType<typeof tidyValues>): Generator<Scalar> {
	for (const { metric, round, value, wallSeconds } of values) {
		yield { tag: metric, step: round, value, wallTime: startTime + wallSeconds };
	}
}

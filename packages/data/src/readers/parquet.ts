import { Worker } from "node:worker_threads";
import { type ErrorCode, type Examples, FlSimError, messageOf } from "@fl-sim/core";
import { dataError } from "./data-error.ts";
import type { ParquetOptions } from "./parquet-decode.ts";

/** What the worker that decodes one file says. */
export type ParquetMessage =
	| { readonly kind: "progress" }
	| { readonly kind: "done"; readonly examples: Examples }
	| {
			readonly kind: "failed";
			readonly code: ErrorCode;
			readonly message: string;
			readonly fix: string | undefined;
			readonly details: FlSimError["details"];
	  };

/** Longest time in milliseconds that decoding one column of a row group, or a thousand rows, may take. */
const standardPatience = 60_000;

/**
 * Reads a Parquet file, one row group at a time. Features are either numeric columns or one column of lists of
 * numbers, of bytes, or of images: encoded as PNG or JPEG, alone or as Hugging Face's `{bytes, path}`. Throws
 * `FlSimError` with row and column.
 */
export async function readParquet(
	file: string,
	options: ParquetOptions,
	patience: number = standardPatience,
): Promise<Examples> {
	// The decoding library may run forever, or out of memory, on a damaged file; in a worker it can be ended.
	const worker = new Worker(new URL("./parquet-worker.ts", import.meta.url), {
		workerData: { file, options },
		resourceLimits: { maxOldGenerationSizeMb: 2048 },
	});
	try {
		return await examplesFrom(worker, file, patience);
	} finally {
		await worker.terminate();
	}
}

function examplesFrom(worker: Worker, file: string, patience: number): Promise<Examples> {
	return new Promise((resolve, reject) => {
		const damaged = (found: string) => reject(undecodable(file, found));
		const watch = setTimeout(damaged, patience, "data that the decoder does not get through");
		worker.on("message", (message: ParquetMessage) => {
			if (message.kind === "done") resolve(message.examples);
			else if (message.kind === "failed") reject(errorFrom(message));
			else watch.refresh();
		});
		worker.on("error", (cause) => damaged(`data that ends the decoder (${messageOf(cause)})`));
		worker.on("exit", () => {
			clearTimeout(watch);
			damaged("data that ends the decoder");
		});
	});
}

function errorFrom({ code, message, fix, details }: Extract<ParquetMessage, { kind: "failed" }>): FlSimError {
	return new FlSimError(code, message, { details, ...(fix === undefined ? {} : { fix }) });
}

function undecodable(file: string, found: string) {
	return dataError({ file, place: "Parquet data", found, expected: "an intact Parquet file" });
}

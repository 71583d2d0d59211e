import { parentPort, workerData } from "node:worker_threads";
import { readError } from "./data-error.ts";
import type { ParquetMessage } from "./parquet.ts";
import { decodeParquet, type ParquetOptions } from "./parquet-decode.ts";

// Worker thread: decodes the one file that it was started for and answers with the examples, in shared memory.

const { file, options } = workerData as { file: string; options: ParquetOptions };

function post(message: ParquetMessage): void {
	parentPort?.postMessage(message);
}

try {
	const examples = await decodeParquet(file, options, () => post({ kind: "progress" }));
	post({ kind: "done", examples });
} catch (thrown) {
	const { code, message, fix, details } = readError(file, "Parquet data", thrown);
	post({ kind: "failed", code, message, fix, details });
}

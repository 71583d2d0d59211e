import { writeFileDurably } from "./durable-file.ts";
import { runFile } from "./run-files.ts";

/** Writes `partition.json`: plain data that describes who owns what. @throws FL_RUN_WRITE */
export async function writePartition(folder: string, summary: object): Promise<void> {
	await writeFileDurably(runFile(folder, "partition"), [`${JSON.stringify(summary)}\n`], { folder });
}

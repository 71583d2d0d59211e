import { readFile } from "node:fs/promises";
import { dataError, readError } from "./data-error.ts";

/** Reads a text file with one name a line. Throws FL_DATA_FORMAT unless there are `count` names. */
export async function readNameList(file: string, count: number): Promise<readonly string[]> {
	const text = await readFile(file, "utf8").catch((cause) => {
		throw readError(file, "byte 0", cause);
	});
	const names = text.split(/\r?\n/).filter((line) => line !== "");
	if (names.length === count) return names;
	throw dataError({ file, found: `${names.length} names`, expected: `${count}, one a line` });
}

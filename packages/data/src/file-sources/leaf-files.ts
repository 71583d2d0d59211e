import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { exists } from "../download/dataset-folder.ts";
import type { LeafFiles } from "../readers/leaf.ts";

/**
 * The JSON files of LEAF in `folder`: those in its sub-folders `train` and `test`, or else those in the folder
 * itself, without a test set; a file is taken as it is. Throws FL_DATA_MISSING when there is none.
 */
export async function findLeafFiles(folder: string): Promise<LeafFiles> {
	if (/\.json(\.gz)?$/.test(folder)) return { train: [folder], test: [] };
	const train = join(folder, "train");
	if (!(await exists(train))) return { train: await jsonFiles(folder), test: [] };
	const test = join(folder, "test");
	return { train: await jsonFiles(train), test: (await exists(test)) ? await jsonFiles(test) : [] };
}

async function jsonFiles(folder: string): Promise<string[]> {
	const names = (await readdir(folder)).filter((name) => /\.json(\.gz)?$/.test(name));
	if (names.length > 0) return names.sort().map((name) => join(folder, name));
	throw new FlSimError("FL_DATA_MISSING", `${folder}: no JSON files of LEAF`, {
		fix: "Put the folders `train` and `test` that LEAF's preprocess.sh makes there.",
		details: { folder },
	});
}

import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { FlSimError } from "@fl-sim/core";
import type { NamedDatasetName } from "../download/catalogue.ts";
import { namedDataset } from "../download/catalogue.ts";
import { datasetFolder, exists, type FoundDataset, findDataset } from "../download/dataset-folder.ts";
import type { SourceContext } from "../source.ts";

/**
 * An absolute path: relative ones start from the scenario's folder or, where nothing is there, from the working
 * directory; `~/` is the home folder.
 */
async function resolvePath(path: string, { baseFolder }: SourceContext): Promise<string> {
	if (path.startsWith("~/")) return join(homedir(), path.slice(2));
	const fromScenario = resolve(baseFolder, path);
	if (await exists(fromScenario)) return fromScenario;
	const fromHere = resolve(path);
	return (await exists(fromHere)) ? fromHere : fromScenario;
}

/** As `resolvePath`. Throws FL_DATA_MISSING when nothing is there. */
export async function existingPath(path: string, context: SourceContext): Promise<string> {
	const resolved = await resolvePath(path, context);
	if (await exists(resolved)) return resolved;
	throw new FlSimError("FL_DATA_MISSING", `${resolved}: no such file or folder`, {
		fix: `Correct the path "${path}"; it is relative to the scenario file or to the working directory.`,
		details: { file: resolved },
	});
}

/** The files of a named data set. Throws FL_DATA_MISSING naming the folder and each file that is not there. */
export async function locateDataset(
	name: NamedDatasetName,
	path: string | undefined,
	context: SourceContext,
): Promise<FoundDataset> {
	const folder = path === undefined ? datasetFolder(name) : await resolvePath(path, context);
	const found = await findDataset(namedDataset(name), folder);
	if (found.missing.length === 0) return found;
	const command = path === undefined ? `fl-sim data get ${name}` : `fl-sim data get ${name} --to ${folder}`;
	throw new FlSimError(
		"FL_DATA_MISSING",
		`${name}: ${folder} does not hold ${found.missing.join(", ")} (plain or packed as .gz)`,
		{
			fix: `Run \`${command}\`, put the files there by hand, or name their folder in \`dataset.path\`.`,
			details: { folder, missing: found.missing.join(", ") },
		},
	);
}

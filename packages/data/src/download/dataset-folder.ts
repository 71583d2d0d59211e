import { access } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { NamedDataset } from "./catalogue.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where data sets are kept: `$FL_SIM_DATA/NAME`, else `$XDG_CACHE_HOME/fl-sim/NAME`, else `~/.cache/fl-sim/NAME`.
 */
export function datasetFolder(name: string, environment: Environment = process.env): string {
	const own = environment["FL_SIM_DATA"];
	if (own !== undefined && own !== "") return join(own, name);
	const cache = environment["XDG_CACHE_HOME"];
	return join(cache === undefined || cache === "" ? join(homedir(), ".cache") : cache, "fl-sim", name);
}

/** What is there of a data set. */
export interface FoundDataset {
	readonly folder: string;
	/** Path of each needed and optional file that is there, by its unpacked name. */
	readonly paths: ReadonlyMap<string, string>;
	/** Needed files that are not there. */
	readonly missing: readonly string[];
}

/** Looks for the files of a data set in `folder`, plain or packed, and in the sub-folder that its archive makes. */
export async function findDataset(dataset: NamedDataset, folder: string): Promise<FoundDataset> {
	const folders = dataset.subfolder === undefined ? [folder] : [folder, join(folder, dataset.subfolder)];
	const paths = new Map<string, string>();
	const missing: string[] = [];
	for (const name of [...dataset.files, ...dataset.optionalFiles]) {
		const candidates = folders.flatMap((place) => [join(place, name), join(place, `${name}.gz`)]);
		const path = await firstThatExists(candidates);
		if (path !== undefined) paths.set(name, path);
		else if (dataset.files.includes(name)) missing.push(name);
	}
	return { folder, paths, missing };
}

async function firstThatExists(paths: readonly string[]): Promise<string | undefined> {
	for (const path of paths) if (await exists(path)) return path;
	return undefined;
}

export async function exists(path: string): Promise<boolean> {
	return await access(path).then(
		() => true,
		() => false,
	);
}

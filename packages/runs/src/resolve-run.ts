import { realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { listRuns, runFolderAt, runFoldersIn } from "./list-runs.ts";
import { latestName } from "./run-folder.ts";

/**
 * The folder of a run named by a path, a folder name below `root`, the unique start of one, or `latest`.
 *
 * @throws FL_RUN_FOLDER with the nearest names.
 */
export function resolveRun(root: string, text: string): string {
	if (text === latestName) return latestRun(root);
	const direct = [text, join(root, text)].find((path) => text !== "" && runFolderAt(path) !== undefined);
	// Under the name of the link, a run would not be known as the one that it is.
	if (direct !== undefined) return basename(direct) === latestName ? realpathSync(direct) : direct;
	const names = runFoldersIn(root).map(({ path }) => basename(path));
	const matches = names.filter((name) => name.startsWith(text));
	const [match] = matches;
	if (match !== undefined && matches.length === 1) return join(root, match);
	if (match !== undefined) {
		throw new FlSimError("FL_RUN_FOLDER", `${text}: ${matches.length} runs start with it, expected one`, {
			fix: `Write more of the name: ${listed(matches)}.`,
		});
	}
	throw new FlSimError("FL_RUN_FOLDER", `${text}: no such run, neither as a path nor below ${root}`, {
		fix:
			names.length === 0
				? `There are no runs below ${root} yet; name the folder of runs with --root.`
				: `Name one of the runs below ${root}: ${listed(nearest(names, text))}.`,
	});
}

function latestRun(root: string): string {
	const link = join(root, latestName);
	if (runFolderAt(link) !== undefined) return realpathSync(link);
	const newest = listRuns(root).at(-1);
	if (newest !== undefined) return newest.folder;
	throw new FlSimError("FL_RUN_FOLDER", `${latestName}: there are no runs below ${root}`, {
		fix: "Run a scenario first, or name the folder of runs with --root.",
	});
}

/** Names that contain the text come first, then those that start the same for longest, then newer ones. */
function nearest(names: readonly string[], text: string): readonly string[] {
	const closeness = (name: string) => {
		if (name.toLowerCase().includes(text.toLowerCase())) return Number.POSITIVE_INFINITY;
		let length = 0;
		while (length < text.length && name[length] === text[length]) length++;
		return length;
	};
	return names.toReversed().sort((a, b) => {
		const [left, right] = [closeness(a), closeness(b)];
		return left === right ? 0 : right - left;
	});
}

function listed(names: readonly string[]): string {
	const shown = names.slice(0, 5).join(", ");
	return names.length > 5 ? `${shown}, ...` : shown;
}

import { FlSimError } from "@fl-sim/core";
import type { ComparedRun } from "./compared-run.ts";
import { differingPaths, keyOf, shortNames } from "./settings.ts";

/** Runs that differ only in their seed. */
export interface RunGroup {
	/** The algorithm and the fields in which this group differs from others. */
	readonly label: string;
	/** One run for each seed, by seed. */
	readonly runs: readonly ComparedRun[];
}

/** What must be equal for accuracies to be comparable. */
const dataFields = ["dataset", "partition", "clients.number"];

/** Groups in the order in which their first runs were named; of two runs with one seed the later counts. */
export function groupRuns(
	runs: readonly ComparedRun[],
	labels: ReadonlyMap<string, string> = new Map<string, string>(),
): readonly RunGroup[] {
	const groups = new Map<string, Map<number, ComparedRun>>();
	for (const run of runs) {
		const key = keyOf(run.settings);
		groups.set(key, (groups.get(key) ?? new Map<number, ComparedRun>()).set(run.seed, run));
	}
	const members = [...groups.values()].map((bySeed) => [...bySeed.values()].sort((a, b) => a.seed - b.seed));
	const settings = members.flatMap(([first]) => (first === undefined ? [] : [first.settings]));
	const names = shortNames(differingPaths(settings).filter((path) => path !== "algorithm.name"));
	const given = members.map(([first]) => (first === undefined ? undefined : labels.get(first.folder)));
	return members.map((group, index) => {
		const own = given[index];
		const isUnique = own !== undefined && given.indexOf(own) === given.lastIndexOf(own);
		return { label: isUnique ? own : labelOf(group, names, own), runs: group };
	});
}

/** @throws FL_COMPARISON when runs are of different data, with the fields in which they differ. */
export function demandEqualData(runs: readonly ComparedRun[]): void {
	const differing = differingPaths(runs.map(({ settings }) => settings)).filter((path) =>
		dataFields.some((field) => path === field || path.startsWith(`${field}.`)),
	);
	if (differing.length === 0) return;
	const values = differing.map((path) => {
		const found = new Set(runs.map(({ settings }) => settings.get(path) ?? "nothing"));
		return `${path}: ${[...found].join(", ")}`;
	});
	throw new FlSimError("FL_COMPARISON", `the runs are of different data\n${values.join("\n")}`, {
		fix: "Name runs over the same data, or compare them all the same with --any.",
	});
}

function labelOf(
	[first]: readonly ComparedRun[],
	names: ReadonlyMap<string, string>,
	own: string | undefined,
): string {
	if (first === undefined) return "";
	const fields = [...names].flatMap(([path, name]) => {
		const value = first.settings.get(path);
		return value === undefined ? [] : [`${name}=${value.replaceAll('"', "")}`];
	});
	return [own ?? first.manifest.algorithm, ...fields].join(" ");
}

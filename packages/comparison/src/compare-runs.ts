import type { ClientAccuracy, ComparedRun } from "./compared-run.ts";
import { type Axis, accuracyWithin, commonBudget, firstReaching } from "./learning-curve.ts";
import { groupRuns, type RunGroup } from "./run-groups.ts";
import { type PairedTest, pairedTest, type Spread, spreadOf } from "./statistics.ts";

/** Accuracy of a group after equal spending. */
export interface EqualSpending {
	/** Over the seeds; null when nothing was measured within the budget. */
	readonly accuracy: Spread | null;
	/** Against the first group over the seeds that both have; null for that group, and where there are too few. */
	readonly test: PairedTest | null;
}

/** What it took to reach an accuracy. */
export interface TargetCost {
	readonly target: number;
	/** Seeds that reached it; the figures are over those alone. */
	readonly reached: number;
	readonly rounds: Spread | null;
	/** Payload bytes. */
	readonly downBytes: Spread | null;
	readonly upBytes: Spread | null;
	readonly bytes: Spread | null;
	/** Simulated. */
	readonly seconds: Spread | null;
}

export interface ComparedGroup {
	readonly label: string;
	readonly seeds: readonly number[];
	/** Run folders, in the order of the seeds. */
	readonly runs: readonly string[];
	readonly equal: Readonly<Record<Axis, EqualSpending>>;
	readonly targets: readonly TargetCost[];
	/** Accuracy on clients' own test examples, as `ClientAccuracy` has it. */
	readonly clients: Readonly<Record<keyof ClientAccuracy, Spread | null>>;
	/** Payload bytes of whole runs. */
	readonly downBytes: Spread | null;
	readonly upBytes: Spread | null;
	/** Time of whole runs by the clock, evaluation not included. */
	readonly wallSeconds: Spread | null;
}

/** Groups of runs after equal rounds, payload bytes and simulated time. */
export interface Comparison {
	/** What every run spent; null when a run was never evaluated. */
	readonly budgets: Readonly<Record<Axis, number | null>>;
	readonly groups: readonly ComparedGroup[];
}

/** How runs are put side by side. */
export interface ComparisonView {
	/** Accuracies from 0 to 1. */
	readonly targets?: readonly number[];
	/** What runs are called, by their folders; without a name a run is called by its algorithm and settings. */
	readonly labels?: ReadonlyMap<string, string>;
}

/** Puts runs side by side. */
export function compareRuns(
	runs: readonly ComparedRun[],
	{ targets = [], labels }: ComparisonView = {},
): Comparison {
	const curves = runs.map(({ curve }) => curve);
	const budgets = {
		round: commonBudget(curves, "round") ?? null,
		bytes: commonBudget(curves, "bytes") ?? null,
		seconds: commonBudget(curves, "seconds") ?? null,
	};
	const groups = groupRuns(runs, labels);
	const [reference] = groups;
	return {
		budgets,
		groups: groups.map((group) => {
			const equal = (axis: Axis) => equalSpending(group, reference, axis, budgets[axis]);
			return {
				label: group.label,
				seeds: group.runs.map(({ seed }) => seed),
				runs: group.runs.map(({ folder }) => folder),
				equal: { round: equal("round"), bytes: equal("bytes"), seconds: equal("seconds") },
				targets: targets.map((target) => targetCost(group, target)),
				clients: clientSpreads(group.runs),
				downBytes: over(group.runs, ({ totals }) => totals.downBytes),
				upBytes: over(group.runs, ({ totals }) => totals.upBytes),
				wallSeconds: over(group.runs, ({ totals }) => totals.wallSeconds),
			};
		}),
	};
}

function equalSpending(
	group: RunGroup,
	reference: RunGroup | undefined,
	axis: Axis,
	budget: number | null,
): EqualSpending {
	const accuracyOf = (run: ComparedRun | undefined) =>
		run === undefined || budget === null ? undefined : accuracyWithin(run.curve, axis, budget);
	const pairs = group.runs.flatMap((run) => {
		const first = accuracyOf(reference?.runs.find(({ seed }) => seed === run.seed));
		const second = accuracyOf(run);
		return first === undefined || second === undefined ? [] : [[first, second] as const];
	});
	return {
		accuracy: over(group.runs, accuracyOf),
		test: group === reference ? null : (pairedTest(pairs) ?? null),
	};
}

function clientSpreads(runs: readonly ComparedRun[]): ComparedGroup["clients"] {
	const spread = (measure: keyof ClientAccuracy) => over(runs, ({ clients }) => clients?.[measure]);
	return {
		trained: spread("trained"),
		mean: spread("mean"),
		weightedMean: spread("weightedMean"),
		worstDecile: spread("worstDecile"),
		deviation: spread("deviation"),
	};
}

function targetCost({ runs }: RunGroup, target: number): TargetCost {
	const points = runs.flatMap(({ curve }) => firstReaching(curve, target) ?? []);
	return {
		target,
		reached: points.length,
		rounds: over(points, ({ round }) => round),
		downBytes: over(points, ({ downBytes }) => downBytes),
		upBytes: over(points, ({ upBytes }) => upBytes),
		bytes: over(points, ({ bytes }) => bytes),
		seconds: over(points, ({ seconds }) => seconds),
	};
}

function over<Item>(items: readonly Item[], read: (item: Item) => number | undefined): Spread | null {
	return spreadOf(items.flatMap((item) => read(item) ?? []));
}

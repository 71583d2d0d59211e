import { formatBytes, formatDuration, formatPercent } from "@fl-sim/report/format";
import Table from "cli-table3";
import type { ComparedGroup, Comparison, EqualSpending, TargetCost } from "./compare-runs.ts";
import type { Spread } from "./statistics.ts";

const missing = "-";

/** Figures in rows, ready to be read. */
export interface ComparisonTable {
	readonly title: string;
	readonly head: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

export const tableLegend =
	"Mean and standard deviation over seeds. p: Student's paired t test against the first row over common seeds, from 3 on.";

/** Accuracy of the global model and of clients, what was spent, and with targets what they cost. */
export function comparisonTables(comparison: Comparison): readonly ComparisonTable[] {
	const { groups } = comparison;
	const tables = [accuracyTable(comparison)];
	if (groups.some(({ clients }) => clients.mean !== null)) tables.push(clientTable(groups));
	tables.push(costTable(groups));
	if (groups.some(({ targets }) => targets.length > 0)) tables.push(targetTable(groups));
	return tables;
}

/** The tables of a comparison for a terminal. */
export function comparisonText(comparison: Comparison): string {
	const parts = comparisonTables(comparison).flatMap(({ title, head, rows }) => {
		const table = new Table({ head: [...head], style: { head: [], border: [] } });
		table.push(...rows.map((row) => [...row]));
		return [title, table.toString()];
	});
	return `${[...parts, tableLegend].join("\n")}\n`;
}

function accuracyTable({ budgets, groups }: Comparison): ComparisonTable {
	const after = (budget: number | null, format: (value: number) => string) =>
		`after ${budget === null ? missing : format(budget)}`;
	return tableOf(
		"Global model, central test set",
		[
			"Setting",
			"Seeds",
			after(budgets.round, (round) => `${round} rounds`),
			"p",
			after(budgets.bytes, formatBytes),
			"p",
			after(budgets.seconds, (seconds) => `${formatDuration(seconds)} simulated`),
			"p",
		],
		groups.map(({ label, seeds, equal }) => [
			label,
			String(seeds.length),
			...[equal.round, equal.bytes, equal.seconds].flatMap((spent) => [
				percent(spent.accuracy),
				pText(spent),
			]),
		]),
	);
}

function clientTable(groups: readonly ComparedGroup[]): ComparisonTable {
	return tableOf(
		"Clients' own test examples; own models where the method has any",
		["Setting", "Before aggregation", "After", "Weighted by examples", "Worst decile", "Over clients ±"],
		groups.map(({ label, clients }) => [
			label,
			percent(clients.trained),
			percent(clients.mean),
			percent(clients.weightedMean),
			percent(clients.worstDecile),
			meanText(clients.deviation, (value) => (value * 100).toFixed(1)),
		]),
	);
}

function costTable(groups: readonly ComparedGroup[]): ComparisonTable {
	return tableOf(
		"Spent by whole runs",
		["Setting", "Down", "Up", "Time by the clock"],
		groups.map(({ label, downBytes, upBytes, wallSeconds }) => [
			label,
			meanText(downBytes, formatBytes),
			meanText(upBytes, formatBytes),
			meanText(wallSeconds, formatDuration),
		]),
	);
}

function targetTable(groups: readonly ComparedGroup[]): ComparisonTable {
	return tableOf(
		"To a target",
		["Target", "Setting", "Reached", "Rounds", "Down", "Up", "Bytes in all", "Simulated"],
		groups
			.flatMap(({ label, seeds, targets }) => targets.map((cost) => ({ label, seeds, cost })))
			.sort((a, b) => a.cost.target - b.cost.target)
			.map(({ label, seeds, cost }) => [
				formatPercent(cost.target),
				label,
				`${cost.reached} of ${seeds.length}`,
				...costCells(cost),
			]),
	);
}

function costCells(cost: TargetCost): readonly string[] {
	if (cost.reached === 0) return ["not reached", missing, missing, missing, missing];
	return [
		meanText(cost.rounds, (value) => value.toFixed(1)),
		meanText(cost.downBytes, formatBytes),
		meanText(cost.upBytes, formatBytes),
		meanText(cost.bytes, formatBytes),
		meanText(cost.seconds, formatDuration),
	];
}

function tableOf(
	title: string,
	head: readonly string[],
	rows: readonly (readonly string[])[],
): ComparisonTable {
	return { title, head, rows };
}

function percent(spread: Spread | null): string {
	if (spread === null) return missing;
	const mean = formatPercent(spread.mean);
	return spread.deviation === null ? mean : `${mean} ± ${(spread.deviation * 100).toFixed(1)}`;
}

function pText({ test }: EqualSpending): string {
	return test === null ? missing : test.pValue < 0.001 ? "<0.001" : test.pValue.toFixed(3);
}

function meanText(spread: Spread | null, format: (value: number) => string): string {
	return spread === null ? missing : format(spread.mean);
}

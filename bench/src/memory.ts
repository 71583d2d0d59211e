// Peak resident memory of a run by population and by cohort, each run in a process of its own.
// Usage: node bench/src/memory.ts [--repeats NUMBER] [--workers NUMBER]
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { median } from "./median.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

interface Case {
	readonly source: string;
	readonly population: number;
	readonly cohort: number;
}

const populations = [100, 10_000, 100_000];
const cohorts = [10, 100];
const populationOfCohorts = 10_000;

const cases: readonly Case[] = ["synthetic", "glyphs"].flatMap((source) => [
	...populations.map((population) => ({ source, population, cohort: 10 })),
	...cohorts
		.filter((cohort) => cohort !== 10)
		.map((cohort) => ({ source, population: populationOfCohorts, cohort })),
]);

const { values: flags } = parseArgs({
	options: {
		repeats: { type: "string", default: "3" },
		workers: { type: "string", default: "2" },
		case: { type: "string" },
	},
});
const workers = wholeNumber("workers", flags.workers, 0);
const repeats = wholeNumber("repeats", flags.repeats, 1);

if (flags.case === undefined) measureAll();
else await measureHere(cases[wholeNumber("case", flags.case, 0)]);

async function measureHere(one: Case | undefined): Promise<void> {
	if (one === undefined) throw new RangeError("--case: there is no such case");
	const { source, population, cohort } = one;
	const set = [`clients.number=${population}`, `clients.perRound=${cohort}`];
	// Natural partitions take as many owners as they need, whatever number the pooled data set would have.
	await runScenario({ file: scenarioFile(`scenarios/${source}-natural.yaml`), set, workers });
	process.stdout.write(String(process.resourceUsage().maxRSS / 1024));
}

/** In MiB. */
function measureApart(index: number): number {
	const program = [fileURLToPath(import.meta.url), "--case", String(index), "--workers", String(workers)];
	const { status, stdout, stderr } = spawnSync(process.execPath, program, { encoding: "utf8" });
	if (status !== 0) throw new Error(`case ${index} failed: ${stderr}`);
	return Number(stdout);
}

function measureAll(): void {
	const peaks = cases.map(() => [] as number[]);
	for (let repetition = 0; repetition < repeats; repetition++) {
		for (const [index, values] of peaks.entries()) values.push(measureApart(index));
	}
	const rows = cases.map(({ source, population, cohort }, index) => {
		const values = peaks[index] ?? [];
		const smallest = cases.findIndex((other) => other.source === source && other.population === 100);
		return [
			source,
			population.toLocaleString("en"),
			String(cohort),
			median(values).toFixed(0),
			`${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)}`,
			(median(values) / median(peaks[smallest] ?? [])).toFixed(2),
		];
	});
	process.stdout.write(
		`Peak resident memory, ${workers} workers; medians of ${repeats} runs\n` +
			table([["source", "clients", "per round", "MiB", "range", "to 100 clients"], ...rows]),
	);
}

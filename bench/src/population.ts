// Cost of a round by the number of registered clients and by cohort. Clients that are not selected should cost nothing.
// Usage: node bench/src/population.ts [--repeats NUMBER] [--workers NUMBER]
import { parseArgs } from "node:util";
import { wholeNumber } from "./flag-values.ts";
import { median } from "./median.ts";
import { ratioCells } from "./ratio.ts";
import { type RoundCost, startRoundClock } from "./round-clock.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

interface Case {
	readonly population: number;
	readonly cohort: number;
}

const populations = [1000, 100_000, 1_000_000];
const cohorts = [10, 20, 40];
const cases: readonly Case[] = cohorts.flatMap((cohort) =>
	populations.map((population) => ({ population, cohort })),
);

const { values: flags } = parseArgs({
	options: { repeats: { type: "string", default: "5" }, workers: { type: "string", default: "0" } },
});
const repeats = wholeNumber("repeats", flags.repeats, 1);
const workers = wholeNumber("workers", flags.workers, 0);
const measured = cases.map((one) => ({ one, costs: [] as RoundCost[] }));
// The first repetition warms up.
for (let repetition = 0; repetition <= repeats; repetition++) {
	for (const { one, costs } of measured) {
		const cost = await measure(one);
		if (repetition > 0) costs.push(cost);
	}
}
const title = [
	"clients",
	"per round",
	"CPU ms",
	"to fewest",
	"range",
	"wall ms",
	"to fewest",
	"range",
	"start ms",
];
process.stdout.write(
	`Time of one round, ${workers} workers; medians of ${repeats} runs\n${table([title, ...measured.map(row)])}`,
);

async function measure({ population, cohort }: Case): Promise<RoundCost> {
	const clock = startRoundClock();
	const set = [`clients.number=${population}`, `clients.perRound=${cohort}`];
	await runScenario({ file: scenarioFile("scenarios/population.yaml"), set, workers }, clock.onEvent);
	return clock.read();
}

function row({ one: { population, cohort }, costs }: (typeof measured)[number]): string[] {
	const fewest = measured.find(({ one }) => one.cohort === cohort)?.costs ?? [];
	const columns = (quantity: "cpu" | "wall"): string[] => {
		const values = costs.map((cost) => cost[quantity]);
		const references = fewest.map((cost) => cost[quantity]);
		return [median(values).toFixed(1), ...ratioCells(values, references)];
	};
	return [
		population.toLocaleString("en"),
		String(cohort),
		...columns("cpu"),
		...columns("wall"),
		median(costs.map(({ start }) => start)).toFixed(0),
	];
}

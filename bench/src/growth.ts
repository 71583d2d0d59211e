// Memory of a process over a long run: resident memory and heap after 100 rounds and more, cohorts of 10 new clients
// each, no workers. Usage: node --expose-gc bench/src/growth.ts [--rounds NUMBER]
import { parseArgs } from "node:util";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import { table } from "./table.ts";

const { values: flags } = parseArgs({ options: { rounds: { type: "string", default: "10000" } } });
const rounds = Number(flags.rounds);
const marks = new Set([0.01, 0.1, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * rounds)));
const lines = [["round", "resident MiB", "heap MiB", "array buffers MiB"]];
const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

await runScenario(
	{
		file: scenarioFile("scenarios/synthetic-natural.yaml"),
		set: [
			`rounds=${rounds}`,
			"clients.number=100000",
			"evaluation.every=100000",
			"evaluation.clients=0",
			"output.checkpointEvery=100000",
		],
		workers: 0,
	},
	(event) => {
		if (event.type !== "round.finished" || !marks.has(event.round)) return;
		globalThis.gc?.();
		const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
		lines.push([String(event.round), mebibytes(rss), mebibytes(heapUsed), mebibytes(arrayBuffers)]);
	},
);
process.stdout.write(table(lines));

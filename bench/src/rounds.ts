// Rounds per second with one and with two worker threads, evaluations and checkpoints included, loading of the data
// left out. The machine's own limit stands beside it: training steps per second of one thread and of two threads
// that share nothing. Usage: node bench/src/rounds.ts [--repeats NUMBER]
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { type ModelOptions, modelOptions } from "@fl-sim/compute/options";
import { median } from "./median.ts";
import { runScenario, scenarioFile } from "./scenario-run.ts";
import type { StepLoopSettings } from "./step-loop.ts";
import { percent, table } from "./table.ts";

interface Case {
	readonly title: string;
	readonly file: string;
	readonly rounds: number;
	readonly model: ModelOptions;
}

const cases: readonly Case[] = [
	{
		title: "noniid, LeNet-5",
		file: scenarioFile("../../scenarios/noniid.yaml"),
		rounds: 10,
		model: modelOptions.parse({ name: "lenet5" }),
	},
	{
		title: "softmax, 1,000 clients",
		file: scenarioFile("scenarios/softmax-1000.yaml"),
		rounds: 100,
		model: modelOptions.parse({ name: "softmax" }),
	},
];
const batchSize = 10;
const secondsOfSteps = 2;

/** What one repetition measured: per second, with one and with two threads. */
interface Repetition {
	readonly rounds: readonly [number, number];
	readonly steps: readonly [number, number];
}

async function roundsPerSecond({ file, rounds }: Case, workers: number): Promise<number> {
	let start = 0;
	let end = 0;
	await runScenario({ file, set: [`rounds=${rounds}`], workers }, ({ type }) => {
		if (type === "round.started" && start === 0) start = performance.now();
		if (type === "checkpoint.written") end = performance.now();
	});
	return (1000 * rounds) / (end - start);
}

async function stepsPerSecond({ model }: Case, threads: number): Promise<number> {
	const settings: StepLoopSettings = { model, batchSize, seconds: secondsOfSteps };
	const workers = Array.from(
		{ length: threads },
		() => new Worker(new URL("./step-loop.ts", import.meta.url), { workerData: settings }),
	);
	await Promise.all(workers.map((worker) => once(worker, "message")));
	const answers = workers.map((worker) => once(worker, "message") as Promise<[number]>);
	for (const worker of workers) worker.postMessage("go");
	const speeds = await Promise.all(answers);
	await Promise.all(workers.map((worker) => worker.terminate()));
	return speeds.reduce((sum, [speed]) => sum + speed, 0);
}

const { values: flags } = parseArgs({ options: { repeats: { type: "string", default: "3" } } });
const repeats = Number(flags.repeats);
if (!Number.isInteger(repeats) || repeats < 1) throw new RangeError(`--repeats: found ${flags.repeats}`);

const measured = cases.map((one) => ({ one, repetitions: [] as Repetition[] }));
for (let repetition = 0; repetition < repeats; repetition++) {
	for (const { one, repetitions } of measured) {
		repetitions.push({
			rounds: [await roundsPerSecond(one, 1), await roundsPerSecond(one, 2)],
			steps: [await stepsPerSecond(one, 1), await stepsPerSecond(one, 2)],
		});
	}
}

const lines = measured.flatMap(({ one, repetitions }) =>
	(["rounds", "steps"] as const).map((unit) => {
		const [single, double] = [0, 1].map((at) => repetitions.map((repetition) => repetition[unit][at] ?? 0));
		const ratios = repetitions.map((repetition) => repetition[unit][1] / repetition[unit][0]);
		return [
			one.title,
			unit === "rounds" ? "rounds" : "bare steps",
			median(single ?? []).toPrecision(3),
			median(double ?? []).toPrecision(3),
			median(ratios).toFixed(2),
			percent(median(ratios) / 2),
			`${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
		];
	}),
);
process.stdout.write(
	`Medians of ${repeats} repetitions, one and two threads in turn\n` +
		table(
			[
				["scenario", "per second", "1 thread", "2 threads", "2 / 1", "of 2 x", "2 / 1, range"],
				...lines,
			],
			2,
		),
);

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
import { table } from "./table.ts";

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

interface Speed {
	readonly perSecond: number;
	/** Milliseconds of CPU time, all threads together, for one round or one step. */
	readonly cpu: number;
	/** Share of the rounds' time in which the workers played clients; nearly 1 when nobody waits for anybody. */
	readonly busy: number;
}

/** What one repetition measured, with one and with two threads. */
interface Repetition {
	readonly rounds: readonly [Speed, Speed];
	readonly steps: readonly [Speed, Speed];
}

async function roundSpeed({ file, rounds }: Case, workers: number): Promise<Speed> {
	let start = 0;
	let end = 0;
	let startCpu = process.cpuUsage();
	let cpu = startCpu;
	let clientSeconds = 0;
	let roundSeconds = 0;
	await runScenario({ file, set: [`rounds=${rounds}`], workers }, (event) => {
		const { type } = event;
		if (type === "client.replied") clientSeconds += event.wallSeconds;
		if (type === "round.finished") roundSeconds += event.wallSeconds;
		if (type === "round.started" && start === 0) {
			startCpu = process.cpuUsage();
			start = performance.now();
		}
		if (type === "checkpoint.written") {
			end = performance.now();
			cpu = process.cpuUsage(startCpu);
		}
	});
	return {
		perSecond: (1000 * rounds) / (end - start),
		cpu: (cpu.user + cpu.system) / 1000 / rounds,
		busy: clientSeconds / (workers * roundSeconds),
	};
}

async function stepSpeed({ model }: Case, threads: number): Promise<Speed> {
	const settings: StepLoopSettings = { model, batchSize, seconds: secondsOfSteps };
	const workers = Array.from(
		{ length: threads },
		() => new Worker(new URL("./step-loop.ts", import.meta.url), { workerData: settings }),
	);
	await Promise.all(workers.map((worker) => once(worker, "message")));
	const answers = workers.map((worker) => once(worker, "message") as Promise<[number]>);
	const startCpu = process.cpuUsage();
	for (const worker of workers) worker.postMessage("go");
	const speeds = await Promise.all(answers);
	const cpu = process.cpuUsage(startCpu);
	await Promise.all(workers.map((worker) => worker.terminate()));
	const perSecond = speeds.reduce((sum, [speed]) => sum + speed, 0);
	return { perSecond, cpu: (cpu.user + cpu.system) / 1000 / (perSecond * secondsOfSteps), busy: 1 };
}

const { values: flags } = parseArgs({ options: { repeats: { type: "string", default: "3" } } });
const repeats = Number(flags.repeats);
if (!Number.isInteger(repeats) || repeats < 1) throw new RangeError(`--repeats: found ${flags.repeats}`);

const measured = cases.map((one) => ({ one, repetitions: [] as Repetition[] }));
for (let repetition = 0; repetition < repeats; repetition++) {
	for (const { one, repetitions } of measured) {
		repetitions.push({
			rounds: [await roundSpeed(one, 1), await roundSpeed(one, 2)],
			steps: [await stepSpeed(one, 1), await stepSpeed(one, 2)],
		});
	}
}

const lines = measured.flatMap(({ one, repetitions }) =>
	(["rounds", "steps"] as const).map((unit) => {
		const middle = (quantity: keyof Speed, at: 0 | 1): string =>
			median(repetitions.map((repetition) => repetition[unit][at][quantity])).toPrecision(3);
		const ratios = repetitions.map(({ [unit]: [single, double] }) => double.perSecond / single.perSecond);
		return [
			one.title,
			unit === "rounds" ? "rounds" : "bare steps",
			middle("perSecond", 0),
			middle("perSecond", 1),
			median(ratios).toFixed(2),
			`${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
			middle("cpu", 0),
			middle("cpu", 1),
			unit === "rounds" ? middle("busy", 0) : "",
			unit === "rounds" ? middle("busy", 1) : "",
		];
	}),
);
const title = [
	"scenario",
	"per second",
	"1 thread",
	"2 threads",
	"2 / 1",
	"range",
	"CPU ms, 1",
	"CPU ms, 2",
	"busy, 1",
	"busy, 2",
];
process.stdout.write(
	`Medians of ${repeats} repetitions, one and two threads in turn; CPU time is for one round or step;\nbusy is the share of the rounds in which workers play clients\n` +
		table([title, ...lines], 2),
);

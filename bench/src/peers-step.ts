// One training step against PyTorch's, one thread each, the two timed in alternating blocks: gathers a batch, loss and
// gradient, SGD. Ratios are ours to PyTorch's: of the medians, with the range over the pairs of neighbouring blocks.
// Usage: node bench/src/peers-step.ts [--backend NAME]... [--model NAME]... [--pairs NUMBER] [--seconds NUMBER] [--python PATH]
import { parseArgs } from "node:util";
import { type Backend, openBackend } from "@fl-sim/compute";
import { backendNames, type ModelOptions, modelOptions } from "@fl-sim/compute/options";
import { messageOf } from "@fl-sim/core";
import { chosenItems, wholeNumber } from "./flag-values.ts";
import { createLocalStep, type LocalStep } from "./local-step.ts";
import { median } from "./median.ts";
import { type AskedProcess, pythonPath, startAsked, whyMissing } from "./peer-python.ts";
import { ratioCells } from "./ratio.ts";
import { table } from "./table.ts";

interface Case {
	readonly options: ModelOptions;
	readonly featureShape: readonly number[];
	readonly batchSize: number;
}

/** Milliseconds of one step in a block. */
interface StepTime {
	readonly wall: number;
	readonly cpu: number;
}

interface Measured {
	readonly backend: string;
	readonly ours: StepTime[];
	/** The block of PyTorch that follows each of ours; none without PyTorch. */
	readonly torch: StepTime[];
}

const batchSizes = [10, 32, 128];
const models: readonly Omit<Case, "batchSize">[] = [
	{ options: modelOptions.parse({ name: "softmax" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "mlp" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "lenet5" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "mcmahan-cnn" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "resnet8" }), featureShape: [32, 32, 3] },
	{ options: modelOptions.parse({ name: "transformer" }), featureShape: [64, 64] },
];
/** Measured when no backend is named: those of these that load. */
const usualBackends: readonly string[] = ["onnxruntime", "wasm"];

const { values: flags } = parseArgs({
	options: {
		backend: { type: "string", multiple: true },
		model: { type: "string", multiple: true },
		pairs: { type: "string", default: "7" },
		seconds: { type: "string", default: "0.25" },
		python: { type: "string" },
	},
});
const pairs = wholeNumber("pairs", flags.pairs, 1);
const seconds = Number(flags.seconds);
if (!(seconds > 0)) throw new RangeError(`--seconds: found ${flags.seconds}, expected a positive number`);
const chosenModels = chosenItems("model", flags.model, models, ({ options }) => options.name);
const backends = await openBackends();
const python = pythonPath(flags.python);
const torchMissing = whyMissing(python, ["torch"]);
if (torchMissing !== undefined) process.stdout.write(`PyTorch is left out: ${torchMissing}\n`);
const torch = torchMissing === undefined ? startAsked(python, "torch_step.py") : undefined;
const rows: string[][] = [];
for (const model of chosenModels) {
	for (const batchSize of batchSizes) {
		for (const measured of await measure({ ...model, batchSize }))
			rows.push(row(model.options.name, batchSize, measured));
	}
}
torch?.close();
const title = [
	"model",
	"backend",
	"batch",
	"CPU ms",
	"torch",
	"ratio",
	"range",
	"wall ms",
	"torch",
	"ratio",
	"range",
];
process.stdout.write(
	`Time of one step; medians of ${pairs} pairs of blocks of ${seconds} s\n${table([title, ...rows], 2)}`,
);

async function openBackends(): Promise<Backend[]> {
	const known = backendNames.filter((name) => name !== "auto");
	const named = chosenItems("backend", flags.backend, known, (name) => name);
	const opened: Backend[] = [];
	for (const name of flags.backend === undefined
		? known.filter((one) => usualBackends.includes(one))
		: named) {
		try {
			opened.push(await openBackend(name));
		} catch (thrown) {
			process.stdout.write(`${name} is left out: ${messageOf(thrown)}\n`);
		}
	}
	return opened;
}

async function measure(one: Case): Promise<Measured[]> {
	const loops = backends.map((backend) => ({
		loop: createLocalStep(backend, one.options, one.featureShape, one.batchSize),
		measured: { backend: backend.name, ours: [] as StepTime[], torch: [] as StepTime[] },
	}));
	// The first pair warms up.
	for (let pair = 0; pair <= pairs; pair++) {
		for (const { loop, measured } of loops) {
			const ours = timeSteps(loop);
			const theirs = torch === undefined ? undefined : await askTorch(torch, one, loop);
			if (pair === 0) continue;
			measured.ours.push(ours);
			if (theirs !== undefined) measured.torch.push(theirs);
		}
	}
	for (const { loop } of loops) loop.close();
	return loops.map(({ measured }) => measured);
}

function timeSteps({ step }: LocalStep): StepTime {
	let steps = 0;
	const startCpu = process.cpuUsage();
	const start = performance.now();
	while (steps < 3 || performance.now() - start < 1000 * seconds) {
		step();
		steps++;
	}
	const wall = performance.now() - start;
	const cpu = process.cpuUsage(startCpu);
	return { wall: wall / steps, cpu: (cpu.user + cpu.system) / 1000 / steps };
}

async function askTorch(asked: AskedProcess, one: Case, { parameters }: LocalStep): Promise<StepTime> {
	const { options, batchSize, featureShape } = one;
	const answer = (await asked.ask({ model: options.name, batchSize, featureShape, seconds })) as {
		readonly steps: number;
		readonly wallSeconds: number;
		readonly cpuSeconds: number;
		readonly parameters: number;
	};
	if (answer.parameters !== parameters) {
		throw new Error(`${options.name}: ${parameters} parameters here, ${answer.parameters} in PyTorch`);
	}
	return { wall: (1000 * answer.wallSeconds) / answer.steps, cpu: (1000 * answer.cpuSeconds) / answer.steps };
}

function row(model: string, batchSize: number, { backend, ours, torch: theirs }: Measured): string[] {
	const columns = (quantity: keyof StepTime): string[] => {
		const values = ours.map((time) => time[quantity]);
		const references = theirs.map((time) => time[quantity]);
		const middle = median(values).toFixed(3);
		if (references.length === 0) return [middle, "-", "-", "-"];
		return [middle, median(references).toFixed(3), ...ratioCells(values, references)];
	};
	return [model, backend, String(batchSize), ...columns("cpu"), ...columns("wall")];
}

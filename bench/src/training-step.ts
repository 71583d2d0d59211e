// Time of one training step (a mini-batch gathered, loss and gradient, SGD) for each model, batch size and backend.
// GFLOP/s counts the backward pass as twice the forward pass. "of product" compares with one large matrix product of the
// same backend, which is no upper limit: smaller operands stay in the processor's cache.
// Usage: node bench/src/training-step.ts [--model NAME] [--backend NAME]
import { parseArgs } from "node:util";
import { type Backend, type BackendName, openBackend } from "@fl-sim/compute";
import { backendNames, describeModel, type ModelOptions, modelOptions } from "@fl-sim/compute/options";
import { messageOf } from "@fl-sim/core";
import { createLocalStep } from "./local-step.ts";

interface Case {
	readonly options: ModelOptions;
	readonly featureShape: readonly number[];
}

const numClasses = 10;
const batchSizes = [10, 32, 128];
const cases: readonly Case[] = [
	{ options: modelOptions.parse({ name: "softmax" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "mlp" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "lenet5" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "mcmahan-cnn" }), featureShape: [28, 28, 1] },
	{ options: modelOptions.parse({ name: "resnet8" }), featureShape: [32, 32, 3] },
	{ options: modelOptions.parse({ name: "resnet8", norm: "batch" }), featureShape: [32, 32, 3] },
	{ options: modelOptions.parse({ name: "transformer" }), featureShape: [64, 64] },
];

/** Models that the plain JavaScript backend steps through in reasonable time. */
const modelsOnCpu: readonly string[] = ["softmax", "mlp"];

/** Seconds spent on each measurement after the warm-up. */
const secondsPerCase = 1;

const { values: flags } = parseArgs({ options: { model: { type: "string" }, backend: { type: "string" } } });
checkFlag(
	"model",
	cases.map(({ options }) => options.name),
);
checkFlag("backend", backendNames.slice(1));
const chosenBackends = backendNames.filter(
	(name): name is BackendName => name !== "auto" && (flags.backend ?? name) === name,
);

printRow(["backend", "model", "params", "batch", "ms/step", "GFLOP/s", "of product"]);
for (const name of chosenBackends) {
	try {
		measureBackend(await openBackend(name));
	} catch (thrown) {
		process.stdout.write(`${name}: ${messageOf(thrown)}\n`);
	}
}

function checkFlag(flag: "model" | "backend", names: readonly string[]): void {
	const name = flags[flag];
	if (name === undefined || names.includes(name)) return;
	throw new RangeError(`--${flag}: found ${name}, expected one of ${names.join(", ")}`);
}

function measureBackend(backend: Backend): void {
	const productSpeed = matrixProductSpeed(backend);
	printRow([backend.name, "1024^3 product", "", "", "", productSpeed.toFixed(1), "100%"]);
	for (const { options, featureShape } of cases) {
		if (options.name !== (flags.model ?? options.name)) continue;
		if (backend.name === "cpu" && flags.model === undefined && !modelsOnCpu.includes(options.name)) continue;
		const { forwardMultiplyAdds, layout } = describeModel(options, featureShape, numClasses);
		for (const size of batchSizes) {
			const { step, close } = createLocalStep(backend, options, featureShape, size);
			const seconds = medianSeconds(step);
			close();
			// Three times the forward pass; a multiply-add is two operations.
			const speed = (3 * 2 * forwardMultiplyAdds * size) / seconds / 1e9;
			printRow([
				backend.name,
				"norm" in options ? `${options.name} (${options.norm} norm)` : options.name,
				String(layout.size),
				String(size),
				(seconds * 1000).toFixed(3),
				speed.toFixed(1),
				`${((100 * speed) / productSpeed).toFixed(0)}%`,
			]);
		}
	}
}

/** GFLOP/s of the product of two matrices `[1024, 1024]`. */
function matrixProductSpeed({ tf, compiler }: Backend): number {
	const size = 1024;
	if (compiler?.products !== undefined) {
		const { memory, products } = compiler;
		const places = [1, 2, 3].map(() => memory.allocate(4 * size * size));
		for (const place of places) memory.floats(place, size * size).fill(1);
		const shape = { m: size, n: size, depth: size, transposeA: false, transposeB: false };
		const seconds = medianSeconds(products.product(shape).bind(memory, places, []));
		for (const place of places) memory.free(place, 4 * size * size);
		return (2 * size ** 3) / seconds / 1e9;
	}
	const a = tf.ones([size, size]);
	const b = tf.ones([size, size]);
	const seconds = medianSeconds(() => tf.tidy(() => void tf.matMul(a, b).dataSync()));
	tf.dispose([a, b]);
	return (2 * size ** 3) / seconds / 1e9;
}

function medianSeconds(run: () => void): number {
	run();
	run();
	const times: number[] = [];
	const end = performance.now() + 1000 * secondsPerCase;
	do {
		const start = performance.now();
		run();
		times.push(performance.now() - start);
	} while (performance.now() < end);
	times.sort((x, y) => x - y);
	return (times[Math.floor(times.length / 2)] ?? 0) / 1000;
}

function printRow(cells: readonly string[]): void {
	const widths = [11, 20, 9, 6, 10, 9, 11];
	const line = cells.map((cell, index) =>
		index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
	);
	process.stdout.write(`${line.join(" ")}\n`);
}

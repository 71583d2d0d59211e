import { randomStream } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { registerKernels } from "../layers/register-kernels.ts";
import { createModel } from "../model/create-model.ts";
import { buildNetwork } from "../models/build-network.ts";
import { modelOptions } from "../models/registry.ts";
import { compilers, compilingBackend, wasmBackend } from "./compiling-backends.fixture.ts";
import { createKernelMemory } from "./kernel-memory.ts";
import { compileProgram } from "./program.ts";
import { draw, modelNames, stepInside } from "./random-models.fixture.ts";
import { simplify } from "./simplify.ts";
import { traceTraining } from "./trace.ts";
import type { TracedValue } from "./traced-graph.ts";

const { tf } = wasmBackend;
registerKernels(tf, "wasm");

function programOf(name: string, products: (typeof compilers)[number]["products"]) {
	const featureShape = name === "transformer" ? [16, 20] : [28, 28, 1];
	const network = buildNetwork(modelOptions.parse({ name }), featureShape, 10);
	const step = simplify(traceTraining(tf, { network, featureShape, batchSize: 10 }));
	return { step, program: compileProgram(step, network.layout, { tf, products }) };
}

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing).each(modelNames)(
		"every place of %s is a multiple of 64 bytes in the work memory",
		(name) => {
			const { program } = programOf(name, products);
			const places = [...program.forward, ...program.backward]
				.flatMap(({ operands, scratch }) => [...operands, ...scratch])
				.filter(({ block }) => block === "work");
			expect(places.length).toBeGreaterThan(0);
			for (const { offset } of places) {
				expect(offset % 64).toBe(0);
				expect(offset).toBeLessThan(program.workBytes);
			}
		},
	);

	test.skipIf(missing).each(modelNames)(
		"%s works in hardly more memory than what exists at one time takes",
		(name) => {
			const { step, program } = programOf(name, products);
			const instructions = [...program.forward, ...program.backward];
			const gradients = new Set([...step.gradients.values()].map(({ value }) => value));
			const readUntil = (value: TracedValue) =>
				step.nodes.findLastIndex(({ inputs }) =>
					Object.values(inputs).some((input) => input.value === value),
				);
			const made = [
				...step.nodes.map(({ output: { value } }, from) => ({ value, from })),
				{ value: step.slopes, from: step.forwardNodes - 1 },
			];
			const lives = made
				.filter(({ value }) => !gradients.has(value))
				.map(({ value, from }) => ({
					bytes: Math.ceil(value.size / 16) * 64,
					from,
					to: Math.max(from, readUntil(value)),
				}));
			const peak = Math.max(
				...instructions.map(({ routine }, time) =>
					[
						...lives.filter(({ from, to }) => from <= time && time <= to).map(({ bytes }) => bytes),
						...routine.scratch,
					].reduce((sum, bytes) => sum + bytes, 0),
				),
			);
			expect(program.workBytes).toBeLessThan(1.1 * peak + 64 * instructions.length);
		},
	);
});

test("2,000 workspaces, opened, trained in and closed, need the memory of the first ones", () => {
	const backend = compilingBackend(undefined);
	const example = {
		options: modelOptions.parse({ name: "mlp", hidden: [5] }),
		featureShape: [6],
		numClasses: 3,
		batchSize: 1,
	};
	const model = createModel(backend, example.options, [6], 3);
	const inputs = [1, 2, 3, 4].map((batchSize) => draw({ ...example, batchSize }, model, batchSize));
	for (const input of inputs) stepInside(model, input);
	const before = backend.compiler?.memory.usedBytes;
	for (let round = 0; round < 500; round++) {
		for (const input of inputs) stepInside(model, input);
	}
	expect(backend.compiler?.memory.usedBytes).toBe(before);
});

test("batches of many sizes, each larger than the last, fit where the largest one fits", () => {
	const memory = createKernelMemory(2 ** 21);
	const backend = { ...wasmBackend, compiler: { memory, products: undefined } };
	const model = createModel(backend, modelOptions.parse({ name: "softmax" }), [400], 2);
	const params = model.init(randomStream(1));
	let sum = 0;
	for (let size = 1; size <= 150; size++) {
		const batch = { size, features: new Float32Array(size * 400), labels: new Int32Array(size) };
		expect(model.evaluate(params, batch)).toHaveProperty("numExamples", size);
		const workspace = model.openWorkspace?.();
		const examples = {
			numExamples: size,
			featureShape: [400],
			features: { kind: "floats", values: batch.features } as const,
			labels: batch.labels,
			numClasses: 2,
		};
		const indices = Uint32Array.from(batch.labels.keys());
		const gathered = workspace?.gather({ examples, indices }, indices, 0, size);
		expect(gathered?.features.buffer).toBe(memory.memory.buffer);
		workspace?.close();
		sum += batch.features.byteLength;
	}
	expect(sum, "all sizes together do not fit").toBeGreaterThan(2 ** 21);
});

test("a full memory refuses, and takes what fits again after something was given back", () => {
	const memory = createKernelMemory(2 ** 16);
	const address = memory.allocate(40_000);
	expect(() => memory.allocate(40_000)).toThrow(/no room for 40000 bytes in 65536/);
	memory.free(address, 40_000);
	const again = memory.allocate(60_000);
	expect(again % 64).toBe(0);
	expect(again).toBeGreaterThan(0);
	expect(memory.floats(again, 15_000)).toHaveLength(15_000);
});

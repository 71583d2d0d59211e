import { randomStream, zeros } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { dense } from "../layers/dense.ts";
import { heUniform, oneValues } from "../layers/initial-values.ts";
import type { LayerMaker } from "../layers/layer.ts";
import { registerKernels } from "../layers/register-kernels.ts";
import { createModel } from "../model/create-model.ts";
import { lossAndGradient } from "../model/gradient.ts";
import { randomBatch } from "../model/random-batch.fixture.ts";
import { assembleNetwork } from "../models/build-network.ts";
import { initialParams } from "../models/describe-model.ts";
import { modelOptions } from "../models/registry.ts";
import { compileNetwork } from "./compiled-network.ts";
import { compilers, compilingBackend, wasmBackend } from "./compiling-backends.fixture.ts";
import { createKernelMemory } from "./kernel-memory.ts";
import { draw, stepInside, stepOutside } from "./random-models.fixture.ts";

const { tf } = wasmBackend;
registerKernels(tf, "wasm");

const resnet = {
	options: modelOptions.parse({ name: "resnet8", norm: "batch" }),
	featureShape: [4, 4, 1],
	numClasses: 3,
	batchSize: 5,
};
const mlp = {
	options: modelOptions.parse({ name: "mlp", hidden: [6] }),
	featureShape: [4],
	numClasses: 3,
	batchSize: 5,
};

describe.each(compilers)("on $name", ({ products, missing }) => {
	test.skipIf(missing)("each vector may lie in the memory or outside: the bits are the same", () => {
		const backend = compilingBackend(products);
		const memory = backend.compiler?.memory ?? createKernelMemory(0);
		for (const example of [mlp, resnet]) {
			const { options, featureShape, numClasses } = example;
			const model = createModel(backend, options, featureShape, numClasses);
			const { params, batch } = draw(example, model, 1);
			const expected = stepOutside(model, { params, batch });
			const inside = (values: Float32Array) => {
				const vector = memory.floats(memory.allocate(values.byteLength), values.length);
				vector.set(values);
				return vector;
			};
			for (const bits of [0, 1, 2, 3, 4, 5, 6, 7]) {
				const changed = bits & 1 ? inside(params) : params.slice();
				const gradient = bits & 2 ? inside(zeros(params.length).fill(9)) : zeros(params.length).fill(9);
				const own = { ...batch, features: bits & 4 ? inside(batch.features) : batch.features };
				expect(model.lossAndGradient(changed, own, gradient)).toBe(expected.loss);
				expect([gradient.slice(), changed.slice()]).toEqual([expected.gradient, expected.params]);
				const unchanged = bits & 1 ? inside(params) : params;
				expect(model.evaluate(unchanged, own)).toEqual(expected.evaluation);
				expect(unchanged.slice()).toEqual(params);
			}
		}
	});

	test.skipIf(missing)("batches at several places in the memory are told apart", () => {
		const backend = compilingBackend(products);
		const memory = backend.compiler?.memory ?? createKernelMemory(0);
		const model = createModel(backend, mlp.options, mlp.featureShape, mlp.numClasses);
		const inputs = [1, 2, 3].map((seed) => {
			const { batch } = draw(mlp, model, seed);
			const features = memory.floats(memory.allocate(batch.features.byteLength), batch.features.length);
			features.set(batch.features);
			return { params: draw(mlp, model, 1).params, batch, inside: { ...batch, features } };
		});
		const expected = inputs.map((input) => stepOutside(model, input));
		expect(new Set(expected.map(({ loss }) => loss)).size).toBe(3);
		for (let round = 0; round < 2; round++) {
			for (const [index, { params, inside }] of inputs.entries()) {
				expect(stepOutside(model, { params, batch: inside })).toEqual(expected[index]);
			}
		}
	});

	test.skipIf(missing)("nothing is written to the room that work memory has left for a larger one", () => {
		const { compiler, ...backend } = compilingBackend(products);
		const memory = compiler?.memory ?? createKernelMemory(0);
		const { options, featureShape, numClasses } = mlp;
		const model = createModel({ ...backend, compiler }, options, featureShape, numClasses);
		const { params, batch } = draw(mlp, model, 1);
		// At a place of its own, since the one for batches from outside moves too.
		const features = memory.floats(memory.allocate(batch.features.byteLength), batch.features.length);
		features.set(batch.features);
		const input = { params, batch: { ...batch, features } };
		const expected = stepOutside(model, input);
		stepOutside(model, draw({ ...mlp, batchSize: 100 }, model, 2));
		const used = memory.usedBytes;
		const lowest = memory.allocate(64);
		expect(lowest, "there is room below").toBeLessThan(used - 64);
		const values: Float32Array[] = [];
		for (let at = lowest; at < used; at = memory.allocate(64)) values.push(memory.floats(at, 16).fill(7));
		expect(stepOutside(model, input)).toEqual(expected);
		for (const piece of values) expect(piece).toEqual(new Float32Array(16).fill(7));
	});

	test.skipIf(missing)(
		"more workspaces at once than bound programs are kept compute what one alone does",
		() => {
			const model = createModel(compilingBackend(products), mlp.options, mlp.featureShape, mlp.numClasses);
			const { params, batch } = draw(mlp, model, 1);
			const expected = stepOutside(model, { params, batch });
			const places = Array.from({ length: 100 }, () => {
				const workspace = model.openWorkspace?.();
				if (workspace === undefined) throw new Error("the model has no workspace");
				return { workspace, params: workspace.vector(params), gradient: workspace.vector() };
			});
			for (let round = 0; round < 2; round++) {
				for (const { params, gradient } of places) {
					gradient.fill(Number.NaN);
					expect(model.lossAndGradient(params, batch, gradient)).toBe(expected.loss);
					expect(gradient.slice()).toEqual(expected.gradient);
				}
			}
			for (const { workspace } of places) workspace.close();
		},
	);

	test.skipIf(missing)(
		"a step for which the memory is too full throws, and computes once there is room",
		() => {
			const compiler = { memory: createKernelMemory(2 ** 20), products };
			const model = createModel({ ...wasmBackend, compiler }, mlp.options, mlp.featureShape, mlp.numClasses);
			const expected = stepOutside(
				createModel(compilingBackend(products), mlp.options, mlp.featureShape, mlp.numClasses),
				draw({ ...mlp, batchSize: 400 }, model, 1),
			);
			const small = draw(mlp, model, 2);
			const ofSmall = stepOutside(model, small);
			const larger = draw({ ...mlp, batchSize: 400 }, model, 1);
			const piece = 1024;
			const pieces: number[] = [];
			expect(() => {
				for (;;) pieces.push(compiler.memory.allocate(piece));
			}).toThrow(/no room for/);
			expect(() => stepOutside(model, larger)).toThrow(/no room for/);
			for (const address of pieces) compiler.memory.free(address, piece);
			expect(stepOutside(model, larger)).toEqual(expected);
			expect(stepInside(model, small)).toEqual(ofSmall);
		},
	);

	test.skipIf(missing)(
		"a buffer that the step reads and does not change has gradient 0 and keeps its value",
		() => {
			const scale: LayerMaker = (inputShape) => ({
				parts: [{ name: "scale", layer: "scale", kind: "buffer", shape: inputShape, initial: oneValues }],
				outputShape: inputShape,
				multiplyAdds: 0,
				forward: ({ tf, part }, x) => tf.mul(x, part("scale")),
			});
			const featureShape = [4];
			const units = { units: 3, initializer: heUniform };
			const network = {
				...assembleNetwork([dense("first", units), scale, dense("second", units)], featureShape),
				tf,
				featureShape,
			};
			const params = initialParams(network, randomStream(1));
			const batch = randomBatch(5, featureShape, 3);
			const [found, expected] = [1, 2].map(() => ({
				params: params.slice(),
				gradient: zeros(params.length).fill(Number.NaN),
			})) as [
				{ params: Float32Array; gradient: Float32Array },
				{ params: Float32Array; gradient: Float32Array },
			];
			const compiled = compileNetwork(network, { memory: createKernelMemory(2 ** 20), products });
			compiled.lossAndGradient(found.params, batch, found.gradient);
			lossAndGradient(network, expected.params, batch, expected.gradient);
			expect(found.params).toEqual(params);
			for (const [index, value] of found.gradient.entries()) {
				expect(Math.abs(value - (expected.gradient[index] ?? Number.NaN))).toBeLessThan(1e-6);
			}
			const { offset, size } = network.layout.parts.find(({ kind }) => kind === "buffer") ?? {
				offset: 0,
				size: 0,
			};
			expect(found.gradient.subarray(offset, offset + size)).toEqual(new Float32Array(3));
		},
	);
});

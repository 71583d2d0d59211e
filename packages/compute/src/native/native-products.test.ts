import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { native } from "../compiled/compiling-backends.fixture.ts";
import { createKernelMemory } from "../compiled/kernel-memory.ts";
import { type NativeProduct, onnxProducts } from "./native-products.ts";
import { encodeOnnxModel } from "./onnx-model.ts";
import type { OnnxRuntime } from "./onnx-runtime.ts";

const title = native.runtime ? "ONNX Runtime" : `ONNX Runtime, which does not load: ${native.reason}`;

function runtimeThatLoads(): OnnxRuntime {
	if (native.runtime === undefined) throw new Error(native.reason);
	return native.runtime;
}

const memory = createKernelMemory(2 ** 22);

/** A float32 place with values, and what lies around it. */
function placed(values: ArrayLike<number>): { readonly address: number; readonly values: Float32Array } {
	const address = memory.allocate((values.length + 32) * 4);
	const around = memory.floats(address, values.length + 32).fill(Number.NaN);
	const inner = around.subarray(16, 16 + values.length);
	inner.set(values);
	return { address: inner.byteOffset, values: inner };
}

function surroundingsAreIntact({ values }: { readonly values: Float32Array }): boolean {
	const around = memory.floats(values.byteOffset - 64, values.length + 32);
	return [...around.subarray(0, 16), ...around.subarray(-16)].every(Number.isNaN);
}

const extent = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 70 }));
const product: fc.Arbitrary<NativeProduct> = fc
	.record({
		m: extent,
		n: extent,
		depth: extent,
		transposeA: fc.boolean(),
		transposeB: fc.boolean(),
		plus: fc.constantFrom("bias" as const, "result" as const, undefined),
	})
	.map(({ plus, ...rest }) => (plus === undefined ? rest : { ...rest, plus }));

describe.skipIf(native.runtime === undefined)(`products by ${title}`, () => {
	test("several products one behind the other are those of each pair", () => {
		const products = onnxProducts(runtimeThatLoads());
		fc.assert(
			fc.property(product, fc.integer({ min: 2, max: 5 }), fc.nat(), (drawn, batch, seed) => {
				const { m, n, depth, transposeA, transposeB } = drawn;
				const one = { m, n, depth, transposeA, transposeB };
				const random = randomStream("products", seed);
				const [a, b] = [m * depth, depth * n].map((size) =>
					placed(Float32Array.from({ length: batch * size }, () => random.normal())),
				) as [ReturnType<typeof placed>, ReturnType<typeof placed>];
				const [together, alone] = [
					placed(Array(batch * m * n).fill(7)),
					placed(Array(batch * m * n).fill(7)),
				];
				products.product({ ...one, batch }).bind(memory, [a.address, b.address, together.address], [])();
				for (let i = 0; i < batch; i++) {
					const places = [a.address + i * m * depth * 4, b.address + i * depth * n * 4];
					products.product(one).bind(memory, [...places, alone.address + i * m * n * 4], [])();
				}
				for (const [index, value] of alone.values.entries()) {
					expect(together.values[index]).toBeCloseTo(value, 3);
				}
				expect([a, b, together].every(surroundingsAreIntact)).toBe(true);
				for (const one of [a, b, together, alone]) {
					memory.free(one.values.byteOffset - 64, (one.values.length + 32) * 4);
				}
			}),
			{ numRuns: 40 },
		);
	});

	test("products of any extents in every orientation, with a bias or added up, agree with float64", () => {
		const products = onnxProducts(runtimeThatLoads());
		fc.assert(
			fc.property(product, fc.nat(), (wanted, seed) => {
				const { m, n, depth, transposeA, transposeB, plus } = wanted;
				const random = randomStream("product", seed);
				const normals = (length: number) => Float32Array.from({ length }, () => random.normal());
				const [a, b, bias, c] = [m * depth, depth * n, n, m * n].map((length) => placed(normals(length))) as [
					ReturnType<typeof placed>,
					ReturnType<typeof placed>,
					ReturnType<typeof placed>,
					ReturnType<typeof placed>,
				];
				const operands = [a, b, ...(plus === "bias" ? [bias] : []), c].map(({ address }) => address);
				const inputs = [a, b, bias].map(({ values }) => values.slice());
				let sums = plus === "result" ? Float64Array.from(c.values) : new Float64Array(m * n);
				const run = products.product(wanted).bind(memory, operands, []);
				for (let call = 1; call <= 2; call++) {
					run();
					if (plus !== "result") sums = new Float64Array(m * n);
					for (let row = 0; row < m; row++) {
						for (let column = 0; column < n; column++) {
							let sum = plus === "bias" ? (bias.values[column] as number) : 0;
							for (let k = 0; k < depth; k++) {
								const left = a.values[transposeA ? k * m + row : row * depth + k] as number;
								sum += left * (b.values[transposeB ? column * depth + k : k * n + column] as number);
							}
							sums[row * n + column] = (sums[row * n + column] as number) + sum;
						}
					}
					// 71 terms of size 1 to 10, each with a rounding of 6e-8.
					for (const [index, sum] of sums.entries()) {
						expect(Math.abs((c.values[index] as number) - sum)).toBeLessThan(1e-4);
					}
				}
				expect([a, b, bias].map(({ values }) => values.slice())).toEqual(inputs);
				for (const [index, operand] of [a, b, bias, c].entries()) {
					expect(surroundingsAreIntact(operand), `operand ${index}`).toBe(true);
					memory.free(operand.address - 64, (operand.values.length + 32) * 4);
				}
			}),
			{ numRuns: 60 },
		);
	});

	test("what is not a model is refused in the library's words", () => {
		const runtime = runtimeThatLoads();
		expect(() => runtime.createSession(Uint8Array.of(1, 2, 3))).toThrow(/^ONNX Runtime: .*protobuf/i);
		const unknown = encodeOnnxModel({ operator: "Gemmm", inputs: ["a", "b"], output: "c", attributes: {} });
		expect(() => runtime.createSession(unknown)).toThrow(/^ONNX Runtime: .*Gemmm/);
		const wrongAttribute = encodeOnnxModel({
			operator: "Gemm",
			inputs: ["a", "b"],
			output: "c",
			attributes: { transposed: 1 },
		});
		expect(() => runtime.createSession(wrongAttribute)).toThrow(/^ONNX Runtime: .*transposed/);
	});

	test("extents that do not fit together and unknown names are refused in the library's words", () => {
		const runtime = runtimeThatLoads();
		const session = runtime.createSession(
			encodeOnnxModel({ operator: "Gemm", inputs: ["a", "b"], output: "c", attributes: {} }),
		);
		const binding = runtime.createBinding(session);
		const tensor = (shape: readonly [number, number]) =>
			runtime.createTensor(new Float32Array(memory.memory.buffer, 64, shape[0] * shape[1]), shape);
		const [a, b, c] = [tensor([2, 3]), tensor([4, 2]), tensor([2, 2])];
		runtime.bindInput(binding, "a", a);
		runtime.bindInput(binding, "b", b);
		runtime.bindOutput(binding, "c", c);
		expect(() => runtime.run(session, binding)).toThrow(/^ONNX Runtime: .*dimension mismatch/i);
		const other = runtime.createBinding(session);
		expect(() => runtime.bindInput(other, "nobody", a)).toThrow(/^ONNX Runtime: .*nobody/);
		for (const bound of [binding, other]) runtime.releaseBinding(bound);
		for (const made of [a, b, c]) runtime.releaseTensor(made);
		expect(() => runtime.createTensor(new Float32Array(1), [2])).toThrow(/^ONNX Runtime: /);
	});

	test("10,000 bound products that nobody holds are given back", async () => {
		const runtime = runtimeThatLoads();
		const released = { bindings: 0, tensors: 0, sessions: 0 };
		const products = onnxProducts({
			...runtime,
			createSession(model) {
				released.sessions += 1;
				return runtime.createSession(model);
			},
			releaseBinding(binding) {
				released.bindings += 1;
				runtime.releaseBinding(binding);
			},
			releaseTensor(tensor) {
				released.tensors += 1;
				runtime.releaseTensor(tensor);
			},
		});
		setFlagsFromString("--expose-gc");
		const collect = runInNewContext("gc") as () => void;
		const square = { m: 4, n: 4, depth: 4, transposeA: false, transposeB: false };
		const bindMany = async (count: number) => {
			for (let i = 0; i < count; i++) {
				products.product(square).bind(memory, [64, 128, 192], [])();
				// The library's side goes between two turns of the event loop.
				if (i % 500 !== 499) continue;
				collect();
				await setImmediate();
			}
		};
		await bindMany(2000);
		const before = process.memoryUsage.rss();
		await bindMany(10_000);
		await expect
			.poll(() => {
				collect();
				return released.bindings;
			})
			.toBeGreaterThan(11_900);
		expect(released.tensors).toBe(3 * released.bindings);
		expect(released.sessions).toBe(1);
		// Kept, each takes 3 KiB: 30 MiB more.
		expect(process.memoryUsage.rss() - before).toBeLessThan(10 * 2 ** 20);
	});
});

import { randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { onnxProducts } from "../native/native-products.ts";
import { native } from "./compiling-backends.fixture.ts";
import { createKernelMemory } from "./kernel-memory.ts";
import { longProduct } from "./long-product.ts";

test.skipIf(native.runtime === undefined)(
	"a product over more rows than are taken at a time is the whole sum, also when it is computed again",
	() => {
		if (native.runtime === undefined) throw new Error("skipped without ONNX Runtime");
		const [m, n, depth] = [3, 5, 2500];
		const memory = createKernelMemory(2 ** 20);
		const random = randomStream("long product");
		const places = [m * depth, n * depth, m * n].map((length) =>
			memory.floats(memory.allocate(length * 4), length),
		);
		const [a, b, c] = places as [Float32Array, Float32Array, Float32Array];
		for (const vector of places) for (let i = 0; i < vector.length; i++) vector[i] = random.normal();
		const run = longProduct(onnxProducts(native.runtime), { m, n, depth }).bind(
			memory,
			places.map(({ byteOffset }) => byteOffset),
			[],
		);
		for (const _ of [1, 2]) {
			run();
			for (let i = 0; i < m; i++) {
				for (let j = 0; j < n; j++) {
					let sum = 0;
					for (let k = 0; k < depth; k++) sum += (a[k * m + i] as number) * (b[k * n + j] as number);
					expect(c[i * n + j]).toBeCloseTo(sum, 2);
				}
			}
		}
	},
);

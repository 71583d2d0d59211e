// Speed of the wasm backend's kernels: TensorFlow.js's own against ours, and both against a plain matrix product
// of the same run, so that numbers from different machines can be compared. `node bench/src/kernels.ts`

import { createRequire } from "node:module";
import { type Backend, openBackend } from "@fl-sim/compute";

type TensorFlowJs = Backend["tf"];
type KernelFunc = ReturnType<TensorFlowJs["getKernel"]>["kernelFunc"];

interface Case {
	readonly kernel: string;
	readonly title: string;
	readonly inputs: Readonly<Record<string, readonly number[]>>;
	readonly attributes: Readonly<Record<string, unknown>>;
	/** Multiplications and additions; for kernels that only move data, values of the largest tensor. */
	readonly operations: number;
}

interface Measured extends Case {
	/** Shortest time of a call in milliseconds; stock is undefined where TensorFlow.js has no such kernel. */
	readonly stock: number | undefined;
	readonly ours: number;
}

const rounds = 12;
/** A kernel is called again and again for at least this long in each round. */
const roundMilliseconds = 12;

function product(title: string, [m, depth, n]: readonly [number, number, number], transposed = ""): Case {
	const [transposeA, transposeB] = [transposed.includes("A"), transposed.includes("B")];
	return {
		kernel: "BatchMatMul",
		title,
		inputs: {
			a: transposeA ? [1, depth, m] : [1, m, depth],
			b: transposeB ? [1, n, depth] : [1, depth, n],
		},
		attributes: { transposeA, transposeB },
		operations: 2 * m * n * depth,
	};
}

interface Convolution {
	readonly batch: number;
	readonly size: number;
	readonly channels: number;
	readonly filters: number;
	readonly filter: number;
	readonly stride?: number;
}

/** The three kernels of a convolution with padding "same". */
function convolution({ batch, size, channels, filters, filter, stride = 1 }: Convolution): Case[] {
	const outSize = Math.ceil(size / stride);
	const x = [batch, size, size, channels];
	const dy = [batch, outSize, outSize, filters];
	const weights = [filter, filter, channels, filters];
	const title = `${batch}x${size}x${size}x${channels} ${filter}x${filter}x${filters}${stride > 1 ? ` /${stride}` : ""}`;
	const shared = {
		title,
		operations: 2 * batch * outSize * outSize * filters * filter * filter * channels,
	};
	const attributes = { strides: [stride, stride], pad: "same", dataFormat: "NHWC" };
	return [
		{
			...shared,
			kernel: "Conv2D",
			inputs: { x, filter: weights },
			attributes: { ...attributes, dilations: [1, 1] },
		},
		{
			...shared,
			kernel: "Conv2DBackpropInput",
			inputs: { dy, filter: weights },
			attributes: { ...attributes, inputShape: x },
		},
		{
			...shared,
			kernel: "Conv2DBackpropFilter",
			inputs: { x, dy },
			attributes: { ...attributes, filterShape: weights },
		},
	];
}

const image = [32, 28, 28, 32];
const pooled = [32, 14, 14, 32];
const imageSize = 32 * 28 * 28 * 32;
const poolAttributes = { filterSize: [2, 2], strides: [2, 2], pad: "valid" };

const reference = product("512 x 512 x 512", [512, 512, 512]);

const cases: readonly Case[] = [
	reference,
	product("dense 32x3136x512", [32, 3136, 512]),
	product("its input gradient, ABᵀ", [32, 512, 3136], "B"),
	product("its filter gradient, AᵀB", [3136, 32, 512], "A"),
	product("dense 10x3136x512", [10, 3136, 512]),
	product("its input gradient, ABᵀ", [10, 512, 3136], "B"),
	product("its filter gradient, AᵀB", [3136, 10, 512], "A"),
	product("dense 50x400x120", [50, 400, 120]),
	product("512 x 512 x 512, ABᵀ", [512, 512, 512], "B"),
	product("512 x 512 x 512, AᵀB", [512, 512, 512], "A"),
	...convolution({ batch: 32, size: 28, channels: 1, filters: 32, filter: 5 }),
	...convolution({ batch: 32, size: 14, channels: 32, filters: 64, filter: 5 }),
	...convolution({ batch: 50, size: 14, channels: 6, filters: 16, filter: 5 }),
	...convolution({ batch: 32, size: 32, channels: 16, filters: 16, filter: 3 }),
	...convolution({ batch: 32, size: 32, channels: 16, filters: 32, filter: 3, stride: 2 }),
	...convolution({ batch: 32, size: 8, channels: 64, filters: 64, filter: 3 }),
	{
		kernel: "MaxPoolGrad",
		title: "32x28x28x32, 2x2",
		inputs: { dy: pooled, input: image, output: pooled },
		attributes: poolAttributes,
		operations: imageSize,
	},
	{
		kernel: "AvgPoolGrad",
		title: "32x28x28x32, 2x2",
		inputs: { dy: pooled, input: image },
		attributes: poolAttributes,
		operations: imageSize,
	},
	{
		kernel: "Sum",
		title: "32x28x28x32 to 32",
		inputs: { x: image },
		attributes: { axis: [0, 1, 2], keepDims: false },
		operations: imageSize,
	},
	{
		kernel: "Multiply",
		title: "32x784x32 by 32x1x32",
		inputs: { a: [32, 784, 32], b: [32, 1, 32] },
		attributes: {},
		operations: imageSize,
	},
	{ kernel: "Tanh", title: "32x28x28x32", inputs: { x: image }, attributes: {}, operations: imageSize },
	{ kernel: "Identity", title: "32x28x28x32", inputs: { x: image }, attributes: {}, operations: imageSize },
];

/** TensorFlow.js's own kernels, taken before `openBackend` replaces them. */
function stockKernels(): ReadonlyMap<string, KernelFunc> {
	const require = createRequire(import.meta.resolve("@fl-sim/compute"));
	const tf = require("@tensorflow/tfjs") as TensorFlowJs;
	require("@tensorflow/tfjs-backend-wasm");
	return new Map(
		tf.getKernelsForBackend("wasm").map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
	);
}

function shortestTime(call: () => void): number {
	const times: number[] = [];
	const end = performance.now() + roundMilliseconds;
	let start = performance.now();
	do {
		call();
		const now = performance.now();
		times.push(now - start);
		start = now;
	} while (start < end);
	return Math.min(...times);
}

function measure(tf: TensorFlowJs, stock: ReadonlyMap<string, KernelFunc>): Measured[] {
	const times = cases.map(() => ({ stock: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY }));
	for (let round = 0; round < rounds; round++) {
		for (const [index, { kernel, inputs, attributes }] of cases.entries()) {
			const tensors = Object.fromEntries(
				Object.entries(inputs).map(([name, shape], seed) => [
					name,
					tf.randomNormal([...shape], 0, 1, "float32", seed + 1),
				]),
			);
			const time = (kernelFunc: KernelFunc): number =>
				shortestTime(() => {
					tf.tidy(() => {
						const backend = tf.backend();
						const result = kernelFunc({ inputs: tensors, attrs: attributes as never, backend });
						for (const info of [result].flat()) backend.disposeData(info.dataId);
					});
				});
			const best = times[index] as { stock: number; ours: number };
			const stockFunc = stock.get(kernel);
			if (stockFunc !== undefined) best.stock = Math.min(best.stock, time(stockFunc));
			best.ours = Math.min(best.ours, time(tf.getKernel(kernel, "wasm").kernelFunc));
			tf.dispose(tensors);
		}
	}
	return cases.map((one, index) => {
		const { stock: stockTime, ours } = times[index] as { stock: number; ours: number };
		return { ...one, ours, stock: Number.isFinite(stockTime) ? stockTime : undefined };
	});
}

function table(measured: readonly Measured[]): string {
	const plain = measured.find(({ title }) => title === reference.title);
	const plainSpeed = (plain?.operations ?? 0) / (plain?.ours ?? 1);
	const rows = measured.map(({ kernel, title, operations, stock, ours }) => {
		const speed = (time: number) => (operations / time / 1e6).toFixed(1);
		return [
			kernel,
			title,
			stock === undefined ? "-" : speed(stock),
			speed(ours),
			stock === undefined ? "-" : (stock / ours).toFixed(1),
			(operations / ours / plainSpeed).toFixed(2),
			ours.toFixed(3),
		];
	});
	const lines = [["kernel", "shapes", "stock", "ours", "ours/stock", "ours/product", "ms"], ...rows];
	const widths = (lines[0] as string[]).map((_, column) =>
		Math.max(...lines.map((line) => (line[column] as string).length)),
	);
	return lines
		.map((line) =>
			line
				.map((cell, column) =>
					column < 2 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
				)
				.join("  "),
		)
		.join("\n");
}

const stock = stockKernels();
const { tf } = await openBackend("wasm");
const measured = measure(tf, stock);
process.stdout.write(
	`Billions of operations a second (of values for kernels that only move or map them); shortest of ${rounds} rounds\n` +
		`${table(measured)}\n`,
);

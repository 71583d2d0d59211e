// Speed of the wasm backend's kernels at shapes that training meets: TensorFlow.js's own against ours, in turn, and
// ours against a plain product of matrices [1024, 1024] in the same round, so that figures from different machines
// can be compared. Usage: node bench/src/kernels.ts [--seconds NUMBER]
import { createRequire } from "node:module";
import { parseArgs } from "node:util";
import { type Backend, openBackend } from "@fl-sim/compute";
import { median } from "./median.ts";
import { percent, table } from "./table.ts";

type TensorFlowJs = Backend["tf"];
type KernelFunc = ReturnType<TensorFlowJs["getKernel"]>["kernelFunc"];

interface Case {
	readonly kernel: string;
	readonly title: string;
	readonly inputs: Readonly<Record<string, readonly number[]>>;
	readonly attributes: Readonly<Record<string, unknown>>;
	/** Multiplications and additions; values of the largest tensor for kernels that move or map values. */
	readonly operations: number;
	readonly unit: "multiply-adds" | "values";
}

interface Measured {
	readonly case: Case;
	/** Milliseconds of a call, one number for each round; none where TensorFlow.js has no such kernel. */
	readonly stock: number[];
	readonly ours: number[];
}

/** A kernel is called again and again for at least this long in each round. */
const roundMilliseconds = 8;
const leastRounds = 3;

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
		unit: "multiply-adds",
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
		unit: "multiply-adds" as const,
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

/** A kernel that moves or maps the values of an image batch. */
function perValue(
	kernel: string,
	title: string,
	{ inputs, attributes = {} }: Pick<Case, "inputs"> & Partial<Pick<Case, "attributes">>,
): Case {
	return { kernel, title, inputs, attributes, operations: imageSize, unit: "values" };
}

const reference = product("1024 x 1024 x 1024", [1024, 1024, 1024]);

const cases: readonly Case[] = [
	reference,
	product("dense 32x3136x512", [32, 3136, 512]),
	product("its input gradient, ABᵀ", [32, 512, 3136], "B"),
	product("its filter gradient, AᵀB", [3136, 32, 512], "A"),
	product("dense 10x3136x512", [10, 3136, 512]),
	product("its input gradient, ABᵀ", [10, 512, 3136], "B"),
	product("its filter gradient, AᵀB", [3136, 10, 512], "A"),
	product("dense 50x400x120", [50, 400, 120]),
	product("512 x 512 x 512", [512, 512, 512]),
	product("512 x 512 x 512, ABᵀ", [512, 512, 512], "B"),
	product("512 x 512 x 512, AᵀB", [512, 512, 512], "A"),
	...convolution({ batch: 32, size: 28, channels: 1, filters: 32, filter: 5 }),
	...convolution({ batch: 32, size: 14, channels: 32, filters: 64, filter: 5 }),
	...convolution({ batch: 50, size: 14, channels: 6, filters: 16, filter: 5 }),
	...convolution({ batch: 32, size: 32, channels: 16, filters: 16, filter: 3 }),
	...convolution({ batch: 32, size: 32, channels: 16, filters: 32, filter: 3, stride: 2 }),
	...convolution({ batch: 32, size: 8, channels: 64, filters: 64, filter: 3 }),
	perValue("MaxPoolGrad", "32x28x28x32, 2x2", {
		inputs: { dy: pooled, input: image, output: pooled },
		attributes: poolAttributes,
	}),
	perValue("AvgPoolGrad", "32x28x28x32, 2x2", {
		inputs: { dy: pooled, input: image },
		attributes: poolAttributes,
	}),
	perValue("Sum", "32x28x28x32 to 32", {
		inputs: { x: image },
		attributes: { axis: [0, 1, 2], keepDims: false },
	}),
	perValue("Add", "32x784x32 and 32", { inputs: { a: [32, 784, 32], b: [32] } }),
	perValue("Multiply", "32x784x32 and 32x1x32", { inputs: { a: [32, 784, 32], b: [32, 1, 32] } }),
	perValue("Tanh", "32x28x28x32", { inputs: { x: image } }),
	perValue("Identity", "32x28x28x32", { inputs: { x: image } }),
];

/** TensorFlow.js's own kernels, taken before `openBackend` replaces them. */
function stockKernels(): ReadonlyMap<string, KernelFunc> {
	const loadForCompute = createRequire(import.meta.resolve("@fl-sim/compute"));
	const tf = loadForCompute("@tensorflow/tfjs") as TensorFlowJs;
	loadForCompute("@tensorflow/tfjs-backend-wasm");
	return new Map(
		tf.getKernelsForBackend("wasm").map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]),
	);
}

interface InputValues {
	readonly name: string;
	readonly shape: readonly number[];
	readonly values: Float32Array;
}

function inputValues({ inputs }: Case): InputValues[] {
	return Object.entries(inputs).map(([name, shape], index) => {
		const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
		for (const at of values.keys()) values[at] = ((at * (7 + index)) % 13) - 6;
		return { name, shape, values };
	});
}

/**
 * Median time of a call in milliseconds. Each call gets tensors of its own, as in training, where parameters change
 * with every step: TensorFlow.js keeps what it prepares for a tensor.
 */
function timeOfCall(
	tf: TensorFlowJs,
	inputs: readonly InputValues[],
	{ attributes }: Case,
	kernelFunc: KernelFunc,
): number {
	const backend = tf.backend();
	const times: number[] = [];
	const end = performance.now() + roundMilliseconds;
	do {
		tf.tidy(() => {
			const tensors = inputs.map(({ name, shape, values }) => [name, tf.tensor(values, [...shape])] as const);
			const call = { inputs: Object.fromEntries(tensors), attrs: attributes as never, backend };
			const start = performance.now();
			const result = kernelFunc(call);
			times.push(performance.now() - start);
			for (const { dataId } of [result].flat()) backend.disposeData(dataId);
		});
	} while (performance.now() < end);
	return median(times);
}

function measure(tf: TensorFlowJs, stock: ReadonlyMap<string, KernelFunc>, seconds: number): Measured[] {
	const measured = cases.map((one) => ({
		case: one,
		inputs: inputValues(one),
		stock: [] as number[],
		ours: [] as number[],
	}));
	const end = performance.now() + 1000 * seconds;
	// The first round warms up.
	for (let round = 0; round <= leastRounds || performance.now() < end; round++) {
		for (const { case: one, inputs, stock: stockTimes, ours } of measured) {
			const stockFunc = stock.get(one.kernel);
			const stockTime = stockFunc && timeOfCall(tf, inputs, one, stockFunc);
			const ourTime = timeOfCall(tf, inputs, one, tf.getKernel(one.kernel, "wasm").kernelFunc);
			if (round === 0) continue;
			if (stockTime !== undefined) stockTimes.push(stockTime);
			ours.push(ourTime);
		}
	}
	return measured;
}

function row({ case: one, stock, ours }: Measured, plain: Measured): string[] {
	const speed = (times: readonly number[]) => (one.operations / median(times) / 1e6).toFixed(1);
	// Both of a ratio's times come from the same round, when the machine was equally busy.
	const gains = stock.map((time, round) => time / (ours[round] ?? Number.NaN));
	const shares = ours.map(
		(time, round) => ((one.operations / time) * (plain.ours[round] ?? Number.NaN)) / reference.operations,
	);
	return [
		one.kernel,
		one.title,
		stock.length > 0 ? speed(stock) : "-",
		speed(ours),
		stock.length > 0 ? median(gains).toFixed(1) : "-",
		one.unit === "multiply-adds" ? percent(median(shares)) : "-",
		median(ours).toFixed(3),
	];
}

const { values: flags } = parseArgs({ options: { seconds: { type: "string", default: "35" } } });
const stock = stockKernels();
const { tf } = await openBackend("wasm");
const measured = measure(tf, stock, Number(flags.seconds));
const plain = measured.find(({ case: one }) => one === reference) as Measured;
process.stdout.write(
	`GFLOP/s (billions of values a second for the kernels without a share of the product); medians of ${plain.ours.length} rounds\n` +
		table(
			[
				["kernel", "shapes", "stock", "ours", "ours / stock", "of product", "ms"],
				...measured.map((one) => row(one, plain)),
			],
			2,
		),
);

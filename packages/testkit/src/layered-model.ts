import { type Batch, type LayoutPart, layoutOf, type Model, partOf, type Vector } from "@fl-sim/core";

/** Sizes of a `layeredModel`. */
export interface LayeredSizes {
	readonly numFeatures: number;
	readonly numHidden: number;
	readonly numClasses: number;
}

/**
 * Three layers in plain TypeScript, for methods that treat layers differently: dense with tanh, a scale and shift as
 * normalization layers have them, dense with softmax. Exact and without a backend.
 */
export function layeredModel({ numFeatures, numHidden, numClasses }: LayeredSizes): Model {
	const layout = layoutOf([
		{ name: "hidden.weight", shape: [numFeatures, numHidden], layer: "hidden", kind: "weight" },
		{ name: "hidden.bias", shape: [numHidden], layer: "hidden", kind: "bias" },
		{ name: "norm.scale", shape: [numHidden], layer: "norm", kind: "scale" },
		{ name: "norm.shift", shape: [numHidden], layer: "norm", kind: "shift" },
		{ name: "output.weight", shape: [numHidden, numClasses], layer: "output", kind: "weight" },
		{ name: "output.bias", shape: [numClasses], layer: "output", kind: "bias" },
	]);
	const viewsOf = (values: Float32Array | Float64Array) => {
		const view = (place: number): Numbers => {
			const { offset, size } = layout.parts[place] as LayoutPart;
			return values.subarray(offset, offset + size);
		};
		return [view(0), view(1), view(2), view(3), view(4), view(5)] as const;
	};

	function forward(params: Vector, x: Float32Array) {
		const [hiddenWeight, hiddenBias, scale, shift, outputWeight, outputBias] = viewsOf(params);
		const h = affine(x, hiddenWeight, hiddenBias).map(Math.tanh);
		const n = h.map((value, j) => at(scale, j) * value + at(shift, j));
		const logits = affine(n, outputWeight, outputBias);
		const highest = Math.max(...logits);
		const exponentials = logits.map((logit) => Math.exp(logit - highest));
		const total = exponentials.reduce((sum, value) => sum + value, 0);
		return { h, n, p: exponentials.map((value) => value / total) };
	}

	/** Adds the gradient of one example's loss to `sums` and returns the loss. */
	function addGradient(params: Vector, sums: Float64Array, x: Float32Array, label: number): number {
		const [, , scale, , outputWeight] = viewsOf(params);
		const [toHiddenWeight, toHiddenBias, toScale, toShift, toOutputWeight, toOutputBias] = viewsOf(sums);
		const { h, n, p } = forward(params, x);
		const toLogits = p.map((value, c) => value - (c === label ? 1 : 0));
		addOuter(toOutputWeight, n, toLogits);
		addTo(toOutputBias, toLogits);
		const toNormed = h.map((_, j) =>
			toLogits.reduce((sum, d, c) => sum + d * at(outputWeight, j * numClasses + c), 0),
		);
		addTo(
			toScale,
			toNormed.map((d, j) => d * at(h, j)),
		);
		addTo(toShift, toNormed);
		const toPreactivation = toNormed.map((d, j) => d * at(scale, j) * (1 - at(h, j) ** 2));
		addOuter(toHiddenWeight, x, toPreactivation);
		addTo(toHiddenBias, toPreactivation);
		return -Math.log(at(p, label));
	}

	const rowOf = (batch: Batch, row: number): Float32Array =>
		batch.features.subarray(row * numFeatures, (row + 1) * numFeatures);

	return {
		layout,
		init(random) {
			const params = new Float32Array(layout.size).map(() => 0.3 * random.normal());
			partOf(params, layout.parts[2] as LayoutPart).fill(1);
			return params;
		},
		lossAndGradient(params, batch, gradient) {
			const sums = new Float64Array(layout.size);
			let lossSum = 0;
			for (let row = 0; row < batch.size; row++) {
				lossSum += addGradient(params, sums, rowOf(batch, row), at(batch.labels, row));
			}
			gradient.set(sums.map((sum) => sum / batch.size));
			return lossSum / batch.size;
		},
		evaluate(params, batch) {
			let lossSum = 0;
			let numCorrect = 0;
			for (let row = 0; row < batch.size; row++) {
				const { p } = forward(params, rowOf(batch, row));
				const label = at(batch.labels, row);
				lossSum -= Math.log(at(p, label));
				if (p.indexOf(Math.max(...p)) === label) numCorrect += 1;
			}
			return { lossSum, numCorrect, numExamples: batch.size };
		},
	};
}

type Numbers = Float32Array | Float64Array | Int32Array;

const at = (values: Numbers, i: number): number => values[i] as number;

/** bias + x weight, for `weight` `[x.length, bias.length]`, in float64. */
function affine(x: Numbers, weight: Numbers, bias: Numbers): Float64Array {
	const sums = Float64Array.from(bias);
	for (let i = 0; i < x.length; i++) {
		for (let j = 0; j < sums.length; j++) sums[j] = at(sums, j) + at(x, i) * at(weight, i * sums.length + j);
	}
	return sums;
}

function addOuter(sums: Numbers, x: Numbers, y: Numbers): void {
	for (let i = 0; i < x.length; i++) {
		for (let j = 0; j < y.length; j++) {
			sums[i * y.length + j] = at(sums, i * y.length + j) + at(x, i) * at(y, j);
		}
	}
}

function addTo(sums: Numbers, values: Numbers): void {
	for (let i = 0; i < sums.length; i++) sums[i] = at(sums, i) + at(values, i);
}

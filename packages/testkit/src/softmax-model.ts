import { type Batch, layoutOf, type Model, partOf, type RandomStream, type Vector } from "@fl-sim/core";

/** Softmax regression in plain TypeScript: small, exact, and without a backend. The oracle of tests. */
export function softmaxModel(numFeatures: number, numClasses: number): Model {
	const layout = layoutOf([
		{ name: "dense.weight", shape: [numFeatures, numClasses], layer: "dense", kind: "weight" },
		{ name: "dense.bias", shape: [numClasses], layer: "dense", kind: "bias" },
	]);
	const [weightPart, biasPart] = layout.parts as [(typeof layout.parts)[0], (typeof layout.parts)[0]];

	/** Class probabilities of one example, float64. */
	function probabilities(params: Vector, x: Float32Array): Float64Array {
		const weight = partOf(params, weightPart);
		const logits = Float64Array.from(partOf(params, biasPart));
		for (let f = 0; f < numFeatures; f++) {
			for (let c = 0; c < numClasses; c++) {
				logits[c] = (logits[c] as number) + (x[f] as number) * (weight[f * numClasses + c] as number);
			}
		}
		const highest = Math.max(...logits);
		const exponentials = logits.map((logit) => Math.exp(logit - highest));
		const total = exponentials.reduce((sum, value) => sum + value, 0);
		return exponentials.map((value) => value / total);
	}

	const rowOf = (batch: Batch, row: number): Float32Array =>
		batch.features.subarray(row * numFeatures, (row + 1) * numFeatures);

	return {
		layout,
		init(random: RandomStream) {
			return new Float32Array(layout.size).map(() => 0.1 * random.normal());
		},
		lossAndGradient(params, batch, gradient) {
			const sums = new Float64Array(layout.size);
			let lossSum = 0;
			for (let row = 0; row < batch.size; row++) {
				const x = rowOf(batch, row);
				const label = batch.labels[row] as number;
				const p = probabilities(params, x);
				lossSum -= Math.log(p[label] as number);
				for (let c = 0; c < numClasses; c++) {
					const error = (p[c] as number) - (c === label ? 1 : 0);
					for (let f = 0; f < numFeatures; f++) {
						const i = f * numClasses + c;
						sums[i] = (sums[i] as number) + error * (x[f] as number);
					}
					const b = biasPart.offset + c;
					sums[b] = (sums[b] as number) + error;
				}
			}
			for (let i = 0; i < sums.length; i++) gradient[i] = (sums[i] as number) / batch.size;
			return lossSum / batch.size;
		},
		evaluate(params, batch) {
			let lossSum = 0;
			let numCorrect = 0;
			for (let row = 0; row < batch.size; row++) {
				const label = batch.labels[row] as number;
				const p = probabilities(params, rowOf(batch, row));
				lossSum -= Math.log(p[label] as number);
				if (p.indexOf(Math.max(...p)) === label) numCorrect += 1;
			}
			return { lossSum, numCorrect, numExamples: batch.size };
		},
	};
}

import { shuffle } from "./distributions.ts";
import type { RandomStream } from "./random.ts";

/** How the features of a data set are stored. The model always sees float32. */
export type FeatureColumn =
	/** x = value * scale + shift. */
	| { readonly kind: "bytes"; readonly values: Uint8Array; readonly scale: number; readonly shift: number }
	| { readonly kind: "floats"; readonly values: Float32Array }
	/** Each id becomes a one-hot row of length `vocabularySize`; `featureShape` is `[window, vocabularySize]`. */
	| { readonly kind: "tokens"; readonly values: Uint8Array; readonly vocabularySize: number };

/** A labelled data set in columns. Arrays may lie in shared memory; nobody writes to them after loading. */
export interface Examples {
	readonly numExamples: number;
	/** Shape of one example as the model sees it: `[28, 28, 1]`, `[60]`. */
	readonly featureShape: readonly number[];
	readonly features: FeatureColumn;
	/** Class of each example, 0 .. numClasses - 1, `[numExamples]`. */
	readonly labels: Int32Array;
	readonly numClasses: number;
	readonly classNames?: readonly string[];
	/** Natural owner of each example (writer, speaker, user), `[numExamples]`. */
	readonly owners?: Int32Array;
	readonly ownerNames?: readonly string[];
	/** Visual or textual domain of each example, `[numExamples]`. */
	readonly domains?: Int32Array;
	readonly domainNames?: readonly string[];
	/** Coarse class of each fine class, `[numClasses]`. */
	readonly coarseOf?: Int32Array;
	readonly coarseNames?: readonly string[];
}

/** Changes the features of one example in place, `[featureSize]`; equal calls give equal results. */
export type FeatureTransform = (features: Float32Array, exampleIndex: number) => void;

/** Some examples of a data set, as one client sees them. */
export interface ExampleView {
	readonly examples: Examples;
	/** Positions in `examples`. */
	readonly indices: Uint32Array;
	readonly transform?: FeatureTransform;
}

/** What one client owns. */
export interface ClientSplit {
	readonly train: ExampleView;
	readonly validation: ExampleView;
	readonly test: ExampleView;
}

/** A data set divided among clients. */
export interface FederatedDataset {
	readonly numClients: number;
	readonly featureShape: readonly number[];
	readonly numClasses: number;
	/** The data of a client in a round; made on demand, so that idle clients cost nothing. `round` matters under drift. */
	client(client: number, round: number): ClientSplit;
	/** Number of training examples of a client, without making them. */
	numTrainExamples(client: number): number;
	/** The test set that nobody owns, for the global model. */
	readonly centralTest: ExampleView;
}

/** A mini-batch: `features` is `[size, ...featureShape]` row-major, `labels` is `[size]`. */
export interface Batch {
	readonly size: number;
	readonly features: Float32Array;
	readonly labels: Int32Array;
}

export function featureSize(examples: Examples): number {
	return examples.featureShape.reduce((product, extent) => product * extent, 1);
}

/** Some positions of a view. */
export interface BatchSelection {
	readonly view: ExampleView;
	readonly positions: Uint32Array;
	/** The batch takes `positions[from .. to)`. */
	readonly from: number;
	readonly to: number;
}

/** The examples at `positions[from .. to)` of a view, converted to float32 and transformed. Returns a new batch. */
export function gatherBatch(view: ExampleView, positions: Uint32Array, from: number, to: number): Batch {
	const features = new Float32Array((to - from) * featureSize(view.examples));
	return gatherInto(features, { view, positions, from, to });
}

/** As `gatherBatch`, with the features written to `features` `[size, ...featureShape]`. */
export function gatherInto(features: Float32Array, { view, positions, from, to }: BatchSelection): Batch {
	const size = to - from;
	const width = featureSize(view.examples);
	const labels = new Int32Array(size);
	for (let row = 0; row < size; row++) {
		const index = view.indices[positions[from + row] as number] as number;
		labels[row] = view.examples.labels[index] as number;
		const target = features.subarray(row * width, (row + 1) * width);
		readFeatures(view.examples, index, target);
		view.transform?.(target, index);
	}
	return { size, features, labels };
}

function readFeatures(examples: Examples, index: number, target: Float32Array): void {
	const column = examples.features;
	const width = target.length;
	switch (column.kind) {
		case "bytes": {
			const start = index * width;
			for (let i = 0; i < width; i++) {
				target[i] = (column.values[start + i] as number) * column.scale + column.shift;
			}
			return;
		}
		case "floats":
			target.set(column.values.subarray(index * width, (index + 1) * width));
			return;
		case "tokens": {
			const window = width / column.vocabularySize;
			target.fill(0);
			for (let i = 0; i < window; i++) {
				target[i * column.vocabularySize + (column.values[index * window + i] as number)] = 1;
			}
			return;
		}
	}
}

/** 0 .. length - 1. */
export function positionsOf(length: number): Uint32Array {
	const positions = new Uint32Array(length);
	for (let i = 0; i < length; i++) positions[i] = i;
	return positions;
}

/** Positions 0 .. length - 1 in random order, for one local epoch. */
export function shuffledPositions(length: number, random: RandomStream): Uint32Array {
	return shuffle(random, positionsOf(length));
}

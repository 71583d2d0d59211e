import { type Examples, type FederatedDataset, positionsOf, randomStream } from "@fl-sim/core";

export interface BlobSettings {
	readonly numClients: number;
	/** Examples of client k: `smallest + k`, so that weights differ. */
	readonly smallest: number;
	readonly numFeatures: number;
	readonly numClasses: number;
	readonly seed: number;
}

export const smallBlobs: BlobSettings = {
	numClients: 7,
	smallest: 5,
	numFeatures: 3,
	numClasses: 3,
	seed: 1,
};

/** Gaussian blobs, one per class; client k prefers class k mod classes. Small enough for laws and parity tests. */
export function blobDataset(settings: BlobSettings): FederatedDataset {
	const { numClients, smallest, numFeatures, numClasses } = settings;
	const numExamplesOf = (client: number): number => smallest + client;
	return {
		numClients,
		featureShape: [numFeatures],
		numClasses,
		numTrainExamples: numExamplesOf,
		client(client) {
			const train = blobs(settings, `client/${client}`, numExamplesOf(client), client % numClasses);
			const test = blobs(settings, `test/${client}`, 4, client % numClasses);
			return { train: viewOf(train), validation: viewOf(blobs(settings, "none", 0, 0)), test: viewOf(test) };
		},
		centralTest: viewOf(blobs(settings, "central", 60, undefined)),
	};
}

function blobs(
	settings: BlobSettings,
	name: string,
	numExamples: number,
	preferred: number | undefined,
): Examples {
	const { numFeatures, numClasses, seed } = settings;
	const random = randomStream(seed, "blobs", name);
	const values = new Float32Array(numExamples * numFeatures);
	const labels = new Int32Array(numExamples);
	for (let row = 0; row < numExamples; row++) {
		const label = preferred !== undefined && random.uniform() < 0.6 ? preferred : random.integer(numClasses);
		labels[row] = label;
		for (let f = 0; f < numFeatures; f++) {
			values[row * numFeatures + f] = (f === label % numFeatures ? 2 : 0) + random.normal();
		}
	}
	return {
		numExamples,
		featureShape: [numFeatures],
		features: { kind: "floats", values },
		labels,
		numClasses,
	};
}

function viewOf(examples: Examples) {
	return { examples, indices: positionsOf(examples.numExamples) };
}

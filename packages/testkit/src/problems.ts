import type { FederatedDataset, Model } from "@fl-sim/core";
import { blobDataset, smallBlobs } from "./blob-dataset.ts";
import { layeredModel } from "./layered-model.ts";
import { softmaxModel } from "./softmax-model.ts";

/** What is learned from what. */
export interface PlayProblem {
	readonly dataset: FederatedDataset;
	readonly model: Model;
}

/** Small blobs by softmax regression. */
export function softmaxBlobs(): PlayProblem {
	const { numFeatures, numClasses } = smallBlobs;
	return { dataset: blobDataset(smallBlobs), model: softmaxModel(numFeatures, numClasses) };
}

/** Small blobs by a model of three layers, 39 parameters: for methods that treat layers differently. */
export function layeredBlobs(): PlayProblem {
	const { numFeatures, numClasses } = smallBlobs;
	return { dataset: blobDataset(smallBlobs), model: layeredModel({ numFeatures, numHidden: 4, numClasses }) };
}

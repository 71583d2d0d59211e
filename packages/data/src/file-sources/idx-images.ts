import type { Examples } from "@fl-sim/core";
import { examplesFromArrays } from "../readers/array-examples.ts";
import { readIdxFeatures, readIdxLabels } from "../readers/idx.ts";
import type { Normalization } from "../readers/normalization.ts";
import type { LoadedData, SourceContext } from "../source.ts";
import { finishLoading } from "./finish-loading.ts";
import { locateDataset } from "./locate.ts";

interface IdxImageOptions {
	readonly path?: string | undefined;
	readonly limit?: number | undefined;
	readonly testLimit?: number | undefined;
	readonly normalize: Normalization;
}

/** Loads MNIST or a data set with its files and classes. */
export async function loadIdxImages(
	dataset: { readonly name: "mnist" | "fashion-mnist"; readonly classNames: readonly string[] },
	options: IdxImageOptions,
	context: SourceContext,
): Promise<LoadedData> {
	const { paths } = await locateDataset(dataset.name, options.path, context);
	const read = async (images: string, labels: string): Promise<Examples> =>
		examplesFromArrays({
			features: await readIdxFeatures(paths.get(images) as string),
			labels: await readIdxLabels(paths.get(labels) as string),
			numClasses: dataset.classNames.length,
			classNames: dataset.classNames,
			normalization: options.normalize,
		});
	const train = await read("train-images-idx3-ubyte", "train-labels-idx1-ubyte");
	const test = await read("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");
	return finishLoading(train, test, options);
}

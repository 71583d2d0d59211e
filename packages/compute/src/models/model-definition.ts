import type { LayerMaker } from "../layers/layer.ts";

/** What a model is built for. */
interface ModelShape {
	/** Shape of one example. */
	readonly featureShape: readonly number[];
	readonly numClasses: number;
}

/** A model by name: what data it takes and which layers it has. */
export interface ModelDefinition<Options> {
	/** What it expects of one example, for messages: "an image ...". */
	readonly expects: string;
	readonly fits: (featureShape: readonly number[]) => boolean;
	/** The layers from one example to the logits, `[numClasses]`. Called only for shapes that fit. */
	layers(options: Options, shape: ModelShape): readonly LayerMaker[];
}

/** Whether a shape is `[height, width, channels]` with at least `smallest` pixels each way. */
export function isImage(featureShape: readonly number[], smallest: number): boolean {
	const [height = 0, width = 0] = featureShape;
	return featureShape.length === 3 && height >= smallest && width >= smallest;
}

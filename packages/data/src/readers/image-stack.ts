import type { FeatureColumn } from "@fl-sim/core";
import { sharedBytes } from "../shared-arrays.ts";
import { dataError } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";
import { type ColorMode, decodeImage } from "./image-decode.ts";
import { resizeBilinear } from "./image-resize.ts";
import { byteColumn, type Normalization } from "./normalization.ts";

export interface ImageOptions {
	readonly color: ColorMode;
	/** `[height, width]` for all images; without it all must have one size. */
	readonly resize?: readonly [number, number] | undefined;
}

/** Decodes PNG or JPEG images into one array `[count, height, width, channels]`. */
export class ImageStack {
	readonly #options: ImageOptions;
	#shape: readonly [number, number, number] | undefined;
	readonly #samples = new GrowingArray<Uint8Array>(sharedBytes);

	constructor(options: ImageOptions) {
		this.#options = options;
	}

	/** Appends one image. Throws FL_DATA_FORMAT naming `file` when it is damaged or has another size. */
	push(bytes: Uint8Array, file: string): void {
		const { color, resize } = this.#options;
		const decoded = decodeImage(bytes, color, file);
		const image = resize === undefined ? decoded : resizeBilinear(decoded, resize[0], resize[1]);
		this.#shape ??= [image.height, image.width, image.channels];
		const [height, width] = this.#shape;
		if (image.height !== height || image.width !== width) {
			throw dataError({
				file,
				found: `an image of ${image.width}x${image.height} pixels`,
				expected: `${width}x${height} as the first image has`,
				fix: "Give `resize: [height, width]`, or bring all images to one size.",
			});
		}
		this.#samples.pushAll(image.samples);
	}

	/** The column and the shape `[height, width, channels]` of one image; there must be at least one. */
	finish(normalization: Normalization): { features: FeatureColumn; featureShape: readonly number[] } {
		return { features: byteColumn(this.#samples.finish(), normalization), featureShape: this.#shape ?? [] };
	}
}

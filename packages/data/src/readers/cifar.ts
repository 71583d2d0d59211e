import type { Examples } from "@fl-sim/core";
import { sharedBytes, sharedInts } from "../shared-arrays.ts";
import { type ByteReader, withByteReader } from "./byte-reader.ts";
import { dataError } from "./data-error.ts";
import { GrowingArray } from "./growing-array.ts";
import { labelOutOfRange } from "./labels.ts";
import { byteColumn, type Normalization } from "./normalization.ts";

const planeSize = 32 * 32;
const imageSize = 3 * planeSize;

/** How the records of the binary version of CIFAR begin. */
export interface CifarFormat {
	readonly numClasses: number;
	/** CIFAR-100 has a byte with the coarse class before the fine one. */
	readonly numCoarseClasses?: number;
}

export interface CifarOptions extends CifarFormat {
	readonly normalization: Normalization;
	readonly classNames?: readonly string[] | undefined;
	readonly coarseNames?: readonly string[] | undefined;
}

/**
 * Reads batches of the binary version of CIFAR-10 or CIFAR-100 (Krizhevsky, 2009), one after the other, as images
 * `[32, 32, 3]`. Throws `FlSimError` with the byte for incomplete records and classes out of range.
 */
export async function readCifar(files: readonly string[], options: CifarOptions): Promise<Examples> {
	const batches = new CifarBatches(options);
	for (const file of files) {
		await withByteReader(file, (reader) => batches.read(reader));
	}
	return batches.finish(options);
}

class CifarBatches {
	readonly #format: CifarFormat;
	readonly #pixels = new GrowingArray<Uint8Array>(sharedBytes);
	readonly #labels = new GrowingArray(sharedInts);
	readonly #coarseOf: Int32Array;

	constructor(format: CifarFormat) {
		this.#format = format;
		this.#coarseOf = sharedInts(format.numClasses).fill(-1);
	}

	async read(reader: ByteReader): Promise<void> {
		const headSize = this.#format.numCoarseClasses === undefined ? 1 : 2;
		const record = new Uint8Array(headSize + imageSize);
		const image = new Uint8Array(imageSize);
		for (;;) {
			const start = reader.position;
			const got = await reader.readUpTo(record);
			if (got === 0 && start > 0) return;
			if (got < record.length) throw incompleteRecord(reader.file, start, { got, size: record.length });
			this.#readLabels(record, `byte ${start}`, reader.file);
			interleave(record.subarray(headSize), image);
			this.#pixels.pushAll(image);
		}
	}

	#readLabels(record: Uint8Array, place: string, file: string): void {
		const { numClasses, numCoarseClasses } = this.#format;
		const label = record[numCoarseClasses === undefined ? 0 : 1] as number;
		if (label >= numClasses) throw labelOutOfRange(file, place, { label, numClasses });
		this.#labels.push(label);
		if (numCoarseClasses === undefined) return;
		const coarse = record[0] as number;
		if (coarse >= numCoarseClasses) {
			throw labelOutOfRange(file, place, { label: coarse, numClasses: numCoarseClasses });
		}
		const known = this.#coarseOf[label] as number;
		if (known >= 0 && known !== coarse) {
			throw dataError({
				file,
				place,
				found: `coarse class ${coarse} for class ${label}`,
				expected: `${known} as in the records before`,
			});
		}
		this.#coarseOf[label] = coarse;
	}

	finish({ numClasses, numCoarseClasses, normalization, classNames, coarseNames }: CifarOptions): Examples {
		const labels = this.#labels.finish();
		return {
			numExamples: labels.length,
			featureShape: [32, 32, 3],
			features: byteColumn(this.#pixels.finish(), normalization),
			labels,
			numClasses,
			...(classNames === undefined ? {} : { classNames }),
			...(numCoarseClasses === undefined ? {} : { coarseOf: this.#coarseOf }),
			...(coarseNames === undefined ? {} : { coarseNames }),
		};
	}
}

/** From a plane per channel `[3, 32, 32]` to `[32, 32, 3]`. */
function interleave(planes: Uint8Array, image: Uint8Array): void {
	for (let pixel = 0; pixel < planeSize; pixel++) {
		for (let channel = 0; channel < 3; channel++) {
			image[3 * pixel + channel] = planes[channel * planeSize + pixel] as number;
		}
	}
}

function incompleteRecord(file: string, start: number, { got, size }: { got: number; size: number }) {
	return dataError({
		code: "FL_DATA_TRUNCATED",
		file,
		place: `byte ${start}`,
		found: got === 0 ? "an empty file" : `a record of ${got} bytes`,
		expected: `records of ${size} bytes`,
		fix: "Use the binary version of the data set and download or copy it again.",
	});
}

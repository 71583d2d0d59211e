import { type ByteReader, withByteReader } from "./byte-reader.ts";
import { dataError } from "./data-error.ts";
import {
	type ArrayHeader,
	elementTypes,
	type NumericArray,
	readFeatureElements,
	readIntegerElements,
} from "./element-type.ts";

/** IDX type bytes and the NumPy codes of the same formats. */
const codes: ReadonlyMap<number, string> = new Map([
	[0x08, "u1"],
	[0x09, "i1"],
	[0x0b, "i2"],
	[0x0c, "i4"],
	[0x0d, "f4"],
	[0x0e, "f8"],
]);

/**
 * Reads a whole IDX file (the format of MNIST), plain or gzip, as features `[rows, ...]`. Throws `FlSimError` with
 * the byte for a wrong magic number, a header that promises more than the file holds, and trailing bytes.
 */
export function readIdxFeatures(file: string): Promise<NumericArray<Uint8Array | Float32Array>> {
	return withByteReader(file, async (reader) => {
		const values = await readFeatureElements(reader, await readHeader(reader));
		await reader.expectEnd();
		return values;
	});
}

/** Reads a whole IDX file of labels as whole numbers `[rows]`. Throws as `readIdxFeatures` does. */
export function readIdxLabels(file: string): Promise<NumericArray<Int32Array>> {
	return withByteReader(file, async (reader) => {
		const values = await readIntegerElements(reader, await readHeader(reader));
		await reader.expectEnd();
		return values;
	});
}

async function readHeader(reader: ByteReader): Promise<ArrayHeader> {
	const magic = await reader.read(4, "the IDX magic number");
	const type = elementTypes.get(codes.get(magic.getUint8(2)) ?? "");
	const rank = magic.getUint8(3);
	if (magic.getUint16(0) !== 0 || type === undefined || rank < 1 || rank > 4) {
		throw wrongMagic(reader.file, magic.getUint32(0));
	}
	return { type, littleEndian: false, shape: await readShape(reader, rank) };
}

async function readShape(reader: ByteReader, rank: number): Promise<number[]> {
	const view = await reader.read(4 * rank, "the sizes of the IDX header");
	return Array.from({ length: rank }, (_, axis) => view.getUint32(4 * axis));
}

function wrongMagic(file: string, magic: number) {
	return dataError({
		file,
		place: "byte 0",
		found: `magic number ${magic.toString(16).padStart(8, "0")}`,
		expected: "0000TTRR with type TT one of 08, 09, 0b, 0c, 0d, 0e and rank RR from 1 to 4",
		fix: "Use an IDX file, plain or packed with gzip.",
	});
}

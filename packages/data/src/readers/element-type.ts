import { sharedBytes, sharedFloats, sharedInts } from "../shared-arrays.ts";
import type { ByteReader } from "./byte-reader.ts";
import { dataError } from "./data-error.ts";

/** A number format of NumPy or IDX. */
export interface ElementType {
	/** NumPy's code without the byte order: `u1`, `f4`. */
	readonly code: string;
	readonly size: number;
	read(view: DataView, offset: number, littleEndian: boolean): number;
}

/** All element types by NumPy code. 64-bit integers are rounded to the nearest double. */
export const elementTypes: ReadonlyMap<string, ElementType> = new Map(
	(
		[
			{ code: "b1", size: 1, read: (view, at) => Math.min(1, view.getUint8(at)) },
			{ code: "u1", size: 1, read: (view, at) => view.getUint8(at) },
			{ code: "i1", size: 1, read: (view, at) => view.getInt8(at) },
			{ code: "u2", size: 2, read: (view, at, little) => view.getUint16(at, little) },
			{ code: "i2", size: 2, read: (view, at, little) => view.getInt16(at, little) },
			{ code: "u4", size: 4, read: (view, at, little) => view.getUint32(at, little) },
			{ code: "i4", size: 4, read: (view, at, little) => view.getInt32(at, little) },
			{ code: "u8", size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
			{ code: "i8", size: 8, read: (view, at, little) => Number(view.getBigInt64(at, little)) },
			{ code: "f4", size: 4, read: (view, at, little) => view.getFloat32(at, little) },
			{ code: "f8", size: 8, read: (view, at, little) => view.getFloat64(at, little) },
		] satisfies ElementType[]
	).map((type) => [type.code, type]),
);

/** An array whose header is read and whose elements follow in row-major order. */
export interface ArrayHeader {
	readonly type: ElementType;
	readonly littleEndian: boolean;
	/** `[rows, ...]`. */
	readonly shape: readonly number[];
}

/** Numbers in shared memory, row-major. */
export interface NumericArray<Values extends Uint8Array | Float32Array | Int32Array> {
	readonly file: string;
	readonly shape: readonly number[];
	readonly values: Values;
}

/** Reads elements as features: unsigned bytes and booleans as they are, all others as finite float32. */
export async function readFeatureElements(
	reader: ByteReader,
	header: ArrayHeader,
): Promise<NumericArray<Uint8Array | Float32Array>> {
	const { type, shape } = header;
	const count = requireElements(reader, header);
	if (type.code === "u1" || type.code === "b1") {
		const values = sharedBytes(count);
		await reader.readInto(values, "elements");
		return { file: reader.file, shape, values };
	}
	const values = sharedFloats(count);
	await decodeElements(reader, header, (value, index) => {
		values[index] = value;
		if (!Number.isFinite(values[index])) throw notFiniteElement(reader.file, shape, { index, value });
	});
	return { file: reader.file, shape, values };
}

/** Reads elements as whole numbers of 32 bits. Throws FL_DATA_LABEL_RANGE for any other number. */
export async function readIntegerElements(
	reader: ByteReader,
	header: ArrayHeader,
): Promise<NumericArray<Int32Array>> {
	const values = sharedInts(requireElements(reader, header));
	await decodeElements(reader, header, (value, index) => {
		values[index] = value;
		if (values[index] === value) return;
		throw dataError({
			code: "FL_DATA_LABEL_RANGE",
			file: reader.file,
			place: `element ${index}`,
			found: String(value),
			expected: "a whole number of 32 bits",
		});
	});
	return { file: reader.file, shape: header.shape, values };
}

/** Number of elements of an array of that shape. */
export function sizeOf(shape: readonly number[]): number {
	return shape.reduce((product, extent) => product * extent, 1);
}

function requireElements(reader: ByteReader, { type, shape }: ArrayHeader): number {
	const count = sizeOf(shape);
	reader.requireRoom(count * type.size, `elements of the shape [${shape.join(", ")}] in the header`);
	return count;
}

/** Decodes all elements block by block, so that only one block is in memory twice. */
async function decodeElements(
	reader: ByteReader,
	{ type, shape, littleEndian }: ArrayHeader,
	accept: (value: number, index: number) => void,
): Promise<void> {
	const count = sizeOf(shape);
	const block = new Uint8Array(Math.min(count, 8192) * type.size);
	const view = new DataView(block.buffer);
	for (let index = 0; index < count; ) {
		const size = Math.min(block.length, (count - index) * type.size);
		await reader.readInto(block.subarray(0, size), "elements");
		for (let at = 0; at < size; at += type.size) accept(type.read(view, at, littleEndian), index++);
	}
}

function notFiniteElement(
	file: string,
	shape: readonly number[],
	{ index, value }: { index: number; value: number },
) {
	const width = sizeOf(shape.slice(1));
	return dataError({
		code: "FL_DATA_NOT_FINITE",
		file,
		place: `row ${Math.floor(index / width)}, column ${index % width}`,
		found: String(value),
		expected: "a finite 32-bit number",
	});
}

import { FlSimError } from "@fl-sim/core";
import { firstDuplicateKey } from "./duplicate-keys.ts";
import { quoted } from "./quoted.ts";

/** Element types of tensors that are read and written here. */
export type TensorType = "F64" | "F32" | "U32" | "I32" | "U8";
export type TensorData = Float64Array | Float32Array | Uint32Array | Int32Array | Uint8Array;

interface TensorDataConstructor {
	readonly BYTES_PER_ELEMENT: number;
	new (buffer: ArrayBufferLike, byteOffset: number, length: number): TensorData;
}

const arrayOf: Readonly<Record<TensorType, TensorDataConstructor>> = {
	F64: Float64Array,
	F32: Float32Array,
	U32: Uint32Array,
	I32: Int32Array,
	U8: Uint8Array,
};

export interface Tensor {
	readonly name: string;
	readonly dtype: TensorType;
	readonly shape: readonly number[];
	/** Row-major: `[product of shape]`. */
	readonly data: TensorData;
}

export interface SafetensorsFile {
	/** By name, in the order of the file's data. */
	readonly tensors: ReadonlyMap<string, Tensor>;
	readonly metadata: Readonly<Record<string, string>>;
}

/** The limit of the reference implementation, in bytes. */
const maxHeaderLength = 100_000_000;
const metadataKey = "__metadata__";

/** Bytes of a tensor's data, as they lie in memory: a view. */
export function bytesOfTensor({ data }: Tensor): Uint8Array {
	return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * A file in the safetensors format as consecutive pieces: the header, then the tensors' own memory, not copied.
 * Equal input gives equal bytes: metadata are sorted by key; tensors with wide elements come first and keep their
 * order otherwise, so that each starts at a multiple of its element size.
 *
 * @throws FL_WIRE_FORMAT when a name is used twice or reserved, a shape does not fit its data, or the header is
 * longer than 100 MB.
 */
export function safetensorsPieces(
	tensors: readonly Tensor[],
	metadata: Readonly<Record<string, string>> = {},
): readonly Uint8Array[] {
	const sorted = tensors.toSorted((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
	const names = new Set([metadataKey]);
	const entries: string[] = [];
	const metadataKeys = Object.keys(metadata).sort();
	if (metadataKeys.length > 0) {
		const pairs = metadataKeys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(metadata[key])}`);
		entries.push(`"${metadataKey}":{${pairs.join(",")}}`);
	}
	let offset = 0;
	for (const { name, dtype, shape, data } of sorted) {
		if (names.has(name)) throw malformed(`tensor name ${JSON.stringify(name)} is used twice or reserved`);
		names.add(name);
		if (!(data instanceof arrayOf[dtype]) || numElements(shape) !== data.length) {
			throw malformed(
				`tensor ${name} holds ${data.length} elements of ${data.constructor.name}, expected ${dtype} of shape [${shape.join(", ")}]`,
			);
		}
		const end = offset + data.byteLength;
		const info = { dtype, shape, data_offsets: [offset, end] };
		entries.push(`${JSON.stringify(name)}:${JSON.stringify(info)}`);
		offset = end;
	}
	const json = new TextEncoder().encode(`{${entries.join(",")}}`);
	const headerLength = Math.ceil(json.length / 8) * 8;
	if (headerLength > maxHeaderLength) {
		throw malformed(`the header would have ${headerLength} bytes, expected at most ${maxHeaderLength}`);
	}
	const header = new Uint8Array(8 + headerLength).fill(0x20);
	new DataView(header.buffer).setBigUint64(0, BigInt(headerLength), true);
	header.set(json, 8);
	return [header, ...sorted.map(bytesOfTensor)];
}

/** The bytes of a safetensors file; see `safetensorsPieces`. */
export function writeSafetensors(
	tensors: readonly Tensor[],
	metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
	const pieces = safetensorsPieces(tensors, metadata);
	const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
	let offset = 0;
	for (const piece of pieces) {
		bytes.set(piece, offset);
		offset += piece.length;
	}
	return bytes;
}

/**
 * Reads a safetensors file. Tensors are views on `bytes` where their address allows it, copies otherwise.
 *
 * @throws FL_WIRE_FORMAT for whatever the format forbids: a header that is too long, not JSON or names a key twice,
 * offsets that do not fit type and shape, overlaps and holes. Element types not listed in `TensorType` are refused.
 */
export function readSafetensors(bytes: Uint8Array): SafetensorsFile {
	const { header, dataStart } = readHeader(bytes);
	const entries: TensorEntry[] = [];
	let metadata: Record<string, string> = {};
	for (const [name, value] of Object.entries(header)) {
		if (name === metadataKey) metadata = checkMetadata(value);
		else entries.push(checkEntry(name, value));
	}
	// Empty tensors share their start with the next one, so they go first.
	entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
	const tensors = new Map<string, Tensor>();
	let offset = 0;
	for (const { name, dtype, shape, begin, end } of entries) {
		if (begin !== offset) {
			throw malformed(`tensor ${name} starts at byte ${begin} of the data, expected ${offset}`);
		}
		if (dataStart + end > bytes.length) {
			throw malformed(`tensor ${name} ends at byte ${end} of ${bytes.length - dataStart} bytes of data`);
		}
		const data = viewOrCopy(dtype, bytes.subarray(dataStart + begin, dataStart + end));
		tensors.set(name, { name, dtype, shape, data });
		offset = end;
	}
	if (dataStart + offset !== bytes.length) {
		throw malformed(`there are ${bytes.length - dataStart} bytes of data, expected ${offset}`);
	}
	return { tensors, metadata };
}

interface TensorEntry {
	readonly name: string;
	readonly dtype: TensorType;
	readonly shape: readonly number[];
	readonly begin: number;
	readonly end: number;
}

function readHeader(bytes: Uint8Array): { readonly header: object; readonly dataStart: number } {
	if (bytes.length < 8) throw malformed(`the file has ${bytes.length} bytes, expected 8 or more`);
	const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
	const longest = Math.min(bytes.length - 8, maxHeaderLength);
	if (length > longest) throw malformed(`the header has ${length} bytes, expected at most ${longest}`);
	const dataStart = 8 + Number(length);
	if (bytes[8] !== 0x7b || dataStart < 10) throw malformed("the header does not start with {");
	let text: string;
	let header: unknown;
	try {
		// Copied because a decoder refuses shared memory.
		const copy = new Uint8Array(bytes.subarray(8, dataStart));
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(copy);
		header = JSON.parse(text);
	} catch (cause) {
		throw malformed("the header is not JSON in UTF-8", cause);
	}
	const duplicate = firstDuplicateKey(text);
	if (duplicate !== undefined) throw malformed(`the header names ${JSON.stringify(duplicate)} twice`);
	if (!isRecord(header)) throw malformed("the header is not an object");
	return { header, dataStart };
}

function checkMetadata(value: unknown): Record<string, string> {
	if (!isRecord(value)) throw malformed(`${metadataKey} is not an object`);
	const entries = Object.entries(value).map(([key, text]): [string, string] => {
		if (typeof text !== "string") throw malformed(`${metadataKey}: ${key} is not a string`);
		return [key, text];
	});
	return Object.fromEntries(entries);
}

function checkEntry(name: string, value: unknown): TensorEntry {
	if (!isRecord(value)) throw malformed(`tensor ${name} is not described by an object`);
	const { dtype, shape, data_offsets: offsets } = value;
	if (!isTensorType(dtype)) {
		const known = Object.keys(arrayOf).join(", ");
		throw malformed(`tensor ${name} has dtype ${quoted(dtype)}, expected one of ${known}`);
	}
	if (!isSizes(shape)) throw malformed(`tensor ${name}: shape is not a list of whole numbers`);
	if (!isSizes(offsets) || offsets.length !== 2) {
		throw malformed(`tensor ${name}: data_offsets is not a pair of whole numbers`);
	}
	const [begin, end] = offsets as readonly [number, number];
	if (end - begin !== numElements(shape) * arrayOf[dtype].BYTES_PER_ELEMENT) {
		throw malformed(
			`tensor ${name} has the offsets ${begin} and ${end}, which do not fit ${dtype} of shape [${shape.join(", ")}]`,
		);
	}
	return { name, dtype, shape, begin, end };
}

function viewOrCopy(dtype: TensorType, source: Uint8Array): TensorData {
	const TypedArray = arrayOf[dtype];
	const isAligned = source.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0;
	const { buffer, byteOffset, length } = isAligned ? source : new Uint8Array(source);
	return new TypedArray(buffer, byteOffset, length / TypedArray.BYTES_PER_ELEMENT);
}

function numElements(shape: readonly number[]): number {
	return shape.reduce((product, extent) => product * extent, 1);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTensorType(value: unknown): value is TensorType {
	return typeof value === "string" && Object.hasOwn(arrayOf, value);
}

function isSizes(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

function malformed(problem: string, cause?: unknown): FlSimError {
	return new FlSimError("FL_WIRE_FORMAT", `safetensors: ${problem}`, { cause });
}

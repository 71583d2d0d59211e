import type { ByteReader } from "./byte-reader.ts";
import { dataError, quoted } from "./data-error.ts";
import { type ArrayHeader, elementTypes } from "./element-type.ts";

const magic = "\u0093NUMPY";

/**
 * Reads the header of a NumPy .npy stream (format versions 1 to 3); the elements follow. Throws `FlSimError` for a
 * wrong magic number, a header that is not understood, Fortran order and element types that are not numbers.
 */
export async function readNpyHeader(reader: ByteReader): Promise<ArrayHeader> {
	const start = await reader.read(8, "the NumPy magic number");
	const found = latin1(start);
	if (!found.startsWith(magic)) {
		throw dataError({
			file: reader.file,
			place: "byte 0",
			found: `magic ${quoted(found.slice(0, 6))}`,
			expected: quoted(magic),
			fix: "Save the array with numpy.save or numpy.savez.",
		});
	}
	return parseHeader(reader.file, await readHeaderText(reader, start.getUint8(6)));
}

async function readHeaderText(reader: ByteReader, version: number): Promise<string> {
	if (version < 1 || version > 3) {
		throw dataError({
			file: reader.file,
			place: "byte 6",
			found: `format version ${version}`,
			expected: "version 1, 2 or 3",
		});
	}
	const view = await reader.read(version === 1 ? 2 : 4, "the length of the NumPy header");
	const length = version === 1 ? view.getUint16(0, true) : view.getUint32(0, true);
	reader.requireRoom(length, "the NumPy header");
	return latin1(await reader.read(length, "the NumPy header"));
}

function latin1(bytes: DataView): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function parseHeader(file: string, text: string): ArrayHeader {
	const descr = /'descr':\s*'([<>|=])([a-z]\d+)'/.exec(text);
	const order = /'fortran_order':\s*(True|False)/.exec(text);
	const shape = /'shape':\s*\(([\d\s,]*)\)/.exec(text);
	if (descr === null || order === null || shape === null) {
		throw dataError({
			file,
			place: "byte 10",
			found: `header ${quoted(text.trim())}`,
			expected: "a dictionary with 'descr' of a plain number type, 'fortran_order' and 'shape'",
			fix: "Convert the array to a plain number type before saving it.",
		});
	}
	if (order[1] === "True") {
		throw dataError({
			file,
			place: "byte 10",
			found: "an array in Fortran order",
			expected: "C order",
			fix: "Save numpy.ascontiguousarray(array).",
		});
	}
	const type = elementTypes.get(descr[2] as string);
	if (type === undefined) {
		throw dataError({
			file,
			place: "byte 10",
			found: `element type ${quoted(descr[2] as string)}`,
			expected: `one of ${[...elementTypes.keys()].join(", ")}`,
			fix: 'Convert the array, for example with array.astype("float32").',
		});
	}
	return { type, littleEndian: descr[1] !== ">", shape: parseShape(file, shape[1] as string) };
}

function parseShape(file: string, text: string): number[] {
	const extents = text
		.split(",")
		.filter((extent) => extent.trim() !== "")
		.map(Number);
	if (extents.length > 0 && extents.every(Number.isSafeInteger)) return extents;
	throw dataError({ file, place: "byte 10", found: `shape (${text})`, expected: "at least one axis" });
}

import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { type ByteReader, withByteReader } from "./byte-reader.ts";
import { dataError, readError } from "./data-error.ts";
import { type NumericArray, readFeatureElements, readIntegerElements } from "./element-type.ts";
import { readNpyHeader } from "./npy.ts";
import { withNpz } from "./npz.ts";

/** Named NumPy arrays in one archive or folder. */
export interface NumpyArrays {
	readonly names: readonly string[];
	/** Reads an array as features. Throws `FlSimError` when it is missing or malformed. */
	features(name: string): Promise<NumericArray<Uint8Array | Float32Array>>;
	/** Reads an array as whole numbers. Throws `FlSimError` when it is missing or malformed. */
	integers(name: string): Promise<NumericArray<Int32Array>>;
}

/** Opens a .npz archive, or a folder of .npy files, for `use`. */
export async function withNumpyArrays<Result>(
	path: string,
	use: (arrays: NumpyArrays) => Promise<Result>,
): Promise<Result> {
	const folder = await stat(path).then(
		(status) => status.isDirectory(),
		(cause) => {
			throw readError(path, "file", cause);
		},
	);
	if (folder) return await use(await openFolder(path));
	return await withNpz(path, (archive) =>
		use(arraysOf(archive.names, (name, read) => archive.read(name, read))),
	);
}

async function openFolder(folder: string): Promise<NumpyArrays> {
	const names = (await readdir(folder))
		.filter((file) => file.endsWith(".npy"))
		.map((file) => file.slice(0, -".npy".length));
	return arraysOf(names, async (name, read) => {
		if (names.includes(name)) return await withByteReader(join(folder, `${name}.npy`), readToEnd(read));
		throw dataError({ file: folder, found: `the arrays ${names.join(", ")}`, expected: `${name}.npy` });
	});
}

function readToEnd<Result>(read: (reader: ByteReader) => Promise<Result>) {
	return async (reader: ByteReader): Promise<Result> => {
		const result = await read(reader);
		await reader.expectEnd();
		return result;
	};
}

function arraysOf(
	names: readonly string[],
	read: <Result>(name: string, read: (reader: ByteReader) => Promise<Result>) => Promise<Result>,
): NumpyArrays {
	return {
		names,
		features: (name) =>
			read(name, async (reader) => readFeatureElements(reader, await readNpyHeader(reader))),
		integers: (name) =>
			read(name, async (reader) => readIntegerElements(reader, await readNpyHeader(reader))),
	};
}

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import * as yauzl from "yauzl";
import { ByteReader, largestDeflateRatio } from "./byte-reader.ts";
import { dataError, readError } from "./data-error.ts";

/** The arrays of a NumPy .npz archive by name, in the archive's order. */
export interface NpzArchive {
	readonly names: readonly string[];
	/** Runs `read` on the bytes of `NAME.npy` and checks that nothing is left over and that the CRC is right. */
	read<Result>(name: string, read: (reader: ByteReader) => Promise<Result>): Promise<Result>;
}

/** Opens a .npz archive for `use` and closes it afterwards. Throws `FlSimError` for a damaged archive. */
export async function withNpz<Result>(
	file: string,
	use: (archive: NpzArchive) => Promise<Result>,
): Promise<Result> {
	const zip = await yauzl.openPromise(file, { autoClose: false, lazyEntries: true }).catch((cause) => {
		throw readError(file, "zip directory", cause);
	});
	try {
		const entries = await listEntries(zip, file);
		return await use({
			names: [...entries.keys()],
			read: (name, read) => readEntry({ zip, file, entry: entryNamed(entries, file, name) }, read),
		});
	} finally {
		zip.close();
	}
}

async function listEntries(zip: yauzl.ZipFile, file: string): Promise<Map<string, yauzl.Entry>> {
	const entries = new Map<string, yauzl.Entry>();
	try {
		for await (const entry of zip.eachEntry()) entries.set(entry.fileName.replace(/\.npy$/, ""), entry);
	} catch (cause) {
		throw readError(file, "zip directory", cause);
	}
	return entries;
}

function entryNamed(entries: ReadonlyMap<string, yauzl.Entry>, file: string, name: string): yauzl.Entry {
	const entry = entries.get(name);
	if (entry !== undefined) return entry;
	throw dataError({
		file,
		found: `the arrays ${[...entries.keys()].join(", ") || "(none)"}`,
		expected: `an array "${name}"`,
		fix: "Name the arrays of the archive in the options of the data set.",
	});
}

interface OpenEntry {
	readonly zip: yauzl.ZipFile;
	readonly file: string;
	readonly entry: yauzl.Entry;
}

async function readEntry<Result>(
	{ zip, file, entry }: OpenEntry,
	read: (reader: ByteReader) => Promise<Result>,
): Promise<Result> {
	const place = `${file}/${entry.fileName}`;
	const sizeLimit = Math.min(entry.uncompressedSize, entry.compressedSize * largestDeflateRatio);
	let stream: Readable;
	try {
		stream = await zip.openReadStreamPromise(entry);
	} catch (cause) {
		throw readError(place, "zip entry", cause);
	}
	let found = 0;
	const onChunk = (chunk: Buffer) => {
		found = crc32(chunk, found);
	};
	const reader = new ByteReader(stream, { file: place, sizeLimit, onChunk });
	try {
		const result = await read(reader);
		await reader.expectEnd();
		if (found === entry.crc32) return result;
	} finally {
		reader.close();
	}
	throw dataError({
		file: place,
		found: `CRC ${found.toString(16).padStart(8, "0")}`,
		expected: `${entry.crc32.toString(16).padStart(8, "0")} as the archive says`,
		fix: "The archive is damaged; download or save it again.",
	});
}

import { type FileHandle, open, rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { type ByteReader, withByteReader } from "../readers/byte-reader.ts";
import { dataError } from "../readers/data-error.ts";

const blockSize = 512;

/**
 * Extracts the regular files whose base name is in `wanted` from a tar archive, plain or gzip, into `folder`, without
 * the archive's folders; a file has its name only when it is complete. Resolves to the names found. Throws
 * `FlSimError` for a damaged archive.
 */
export function extractTar(archive: string, folder: string, wanted: ReadonlySet<string>): Promise<string[]> {
	return withByteReader(archive, async (reader) => {
		const found: string[] = [];
		for (let entry = await readHeader(reader); entry !== undefined; entry = await readHeader(reader)) {
			if (entry.regular && wanted.has(entry.name)) {
				await extractEntry(reader, join(folder, entry.name), entry.size);
				found.push(entry.name);
			} else {
				await readBlocks(reader, entry.size, async () => {});
			}
		}
		while ((await reader.readUpTo(new Uint8Array(blockSize))) > 0); // to the end, where gzip has its checksum
		return found;
	});
}

interface TarEntry {
	readonly name: string;
	readonly size: number;
	readonly regular: boolean;
}

/** The header of the next entry (POSIX.1-1988 ustar), or nothing at the end mark. */
async function readHeader(reader: ByteReader): Promise<TarEntry | undefined> {
	const place = reader.position;
	const view = await reader.read(blockSize, "a tar header or the end mark");
	const header = Buffer.from(view.buffer);
	if (header.every((byte) => byte === 0)) return undefined;
	const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
	const size = octal(header, 124, 12);
	if (octal(header, 148, 8) !== sum || size === undefined) {
		throw dataError({
			file: reader.file,
			place: `unpacked byte ${place}`,
			found: "no tar header with the right checksum",
			expected: "a tar archive",
		});
	}
	const type = header[156] as number;
	return { name: basename(textField(header, 0, 100)), size, regular: type === 0 || type === 0x30 };
}

function textField(header: Buffer, start: number, length: number): string {
	return (header.toString("utf8", start, start + length).split("\0")[0] as string).trim();
}

function octal(header: Buffer, start: number, length: number): number | undefined {
	const text = textField(header, start, length);
	return /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

async function extractEntry(reader: ByteReader, target: string, size: number): Promise<void> {
	const handle: FileHandle = await open(`${target}.part`, "w");
	try {
		await readBlocks(reader, size, async (bytes) => {
			await handle.writeFile(bytes);
		});
	} finally {
		await handle.close();
	}
	await rename(`${target}.part`, target);
}

/** Reads an entry's contents piece by piece, and its padding to whole blocks. */
async function readBlocks(
	reader: ByteReader,
	size: number,
	accept: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
	reader.requireRoom(size, "contents of a tar entry");
	for (let rest = size; rest > 0; ) {
		const bytes = new Uint8Array(Math.min(rest, 1 << 20));
		await reader.readInto(bytes, "contents of a tar entry");
		await accept(bytes);
		rest -= bytes.length;
	}
	await reader.readInto(
		new Uint8Array((blockSize - (size % blockSize)) % blockSize),
		"padding of a tar entry",
	);
}

import { type FileHandle, open } from "node:fs/promises";
import type { AsyncBuffer } from "hyparquet";
import { readError } from "./data-error.ts";

/** Runs `use` on a file in the form in which the Parquet library wants it, and closes it. */
export async function withParquetFile<Result>(
	file: string,
	use: (buffer: AsyncBuffer) => Promise<Result>,
): Promise<Result> {
	let handle: FileHandle | undefined;
	try {
		handle = await open(file);
		const { size } = await handle.stat();
		return await use(asyncBuffer(handle, size));
	} catch (cause) {
		throw readError(file, "Parquet data", cause);
	} finally {
		await handle?.close();
	}
}

function asyncBuffer(handle: FileHandle, byteLength: number): AsyncBuffer {
	return {
		byteLength,
		slice(start, end = byteLength) {
			const bytes = readSlice(handle, start, Math.min(end, byteLength));
			bytes.catch(() => {}); // the library starts reads that it drops when an earlier one fails
			return bytes;
		},
	};
}

async function readSlice(handle: FileHandle, start: number, end: number): Promise<ArrayBuffer> {
	if (!(start >= 0 && start <= end)) throw new Error(`bytes ${start} to ${end} are not in the file`);
	const bytes = new Uint8Array(end - start);
	const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
	if (bytesRead < bytes.length) throw new Error(`the file ends before byte ${end}`);
	return bytes.buffer;
}

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { type WriteContext, writeFailure } from "./write-failure.ts";

/** Ending of a file that is being written. */
export const partialSuffix = ".partial";
const batchLength = 1 << 20;

/**
 * Writes a file in one step: beside its place first, then, once on disk, moved there. A crash or a full disk
 * leaves the old file or the new one.
 *
 * @throws FL_RUN_WRITE
 */
export async function writeFileDurably(
	file: string,
	pieces: Iterable<Uint8Array | string>,
	context: WriteContext = {},
): Promise<void> {
	const partial = `${file}${partialSuffix}`;
	try {
		const handle = await open(partial, "w", context.mode);
		try {
			// A file that an earlier crash left behind has kept its permissions.
			if (context.mode !== undefined) await handle.chmod(context.mode);
			await writePieces(handle, pieces);
			await handle.sync();
		} finally {
			await handle.close();
		}
		await rename(partial, file);
		await syncFolder(dirname(file));
	} catch (cause) {
		const failure = writeFailure(file, cause, context);
		await rm(partial, { force: true }).catch(() => undefined);
		throw failure;
	}
}

/** Removes a file of a run folder, if it is there. @throws FL_RUN_WRITE */
export async function removeFile(folder: string, file: string): Promise<void> {
	await rm(file, { force: true }).catch((cause: unknown) => {
		throw writeFailure(file, cause, { folder });
	});
}

/** Gathers small pieces, so that a hundred thousand of them are not as many system calls. */
async function writePieces(handle: FileHandle, pieces: Iterable<Uint8Array | string>): Promise<void> {
	let batch: Uint8Array[] = [];
	let length = 0;
	for (const piece of pieces) {
		const bytes = typeof piece === "string" ? Buffer.from(piece) : piece;
		batch.push(bytes);
		length += bytes.length;
		if (length >= batchLength) {
			await writeBatch(handle, batch);
			batch = [];
			length = 0;
		}
	}
	await writeBatch(handle, batch);
}

async function writeBatch(handle: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
	const [only] = batch;
	await handle.writeFile(batch.length === 1 && only !== undefined ? only : Buffer.concat(batch));
}

/** A new name is on disk only once its folder is. Windows knows no such call. */
async function syncFolder(folder: string): Promise<void> {
	if (process.platform === "win32") return;
	const handle = await open(folder, "r");
	try {
		await handle.sync();
	} finally {
		await handle.close();
	}
}

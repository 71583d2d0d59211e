import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FlSimError } from "@fl-sim/core";
import { dataError, readError } from "./data-error.ts";

/** Deflate cannot expand its input by more than this. */
export const largestDeflateRatio = 1032;

interface ByteReaderOptions {
	readonly file: string;
	readonly sizeLimit: number;
	/** Sees each chunk of the stream once. */
	readonly onChunk?: (chunk: Buffer) => void;
}

/** Reads a stream of bytes from front to back into arrays of the caller, without a second copy of the whole. */
export class ByteReader {
	/** Named in errors. */
	readonly file: string;
	/** The stream holds at most this many bytes; exact for a plain file. */
	readonly sizeLimit: number;
	readonly #stream: Readable;
	readonly #chunks: AsyncIterator<Buffer>;
	readonly #onChunk: ((chunk: Buffer) => void) | undefined;
	#chunk: Uint8Array = new Uint8Array(0);
	#position = 0;

	constructor(stream: Readable, { file, sizeLimit, onChunk }: ByteReaderOptions) {
		this.#stream = stream;
		stream.on("error", () => {}); // thrown by the iterator at the next pull
		this.#chunks = stream[Symbol.asyncIterator]();
		this.file = file;
		this.sizeLimit = sizeLimit;
		this.#onChunk = onChunk;
	}

	/** Number of (unpacked) bytes read so far. */
	get position(): number {
		return this.#position;
	}

	/** Fills `target`. Throws FL_DATA_TRUNCATED when the stream ends before that; `what` names the bytes. */
	async readInto(target: Uint8Array, what: string): Promise<void> {
		const got = await this.readUpTo(target);
		if (got === target.length) return;
		const start = this.#position - got;
		throw this.#truncated(
			start,
			`the end of the file after ${got} bytes`,
			`${target.length} bytes (${what})`,
		);
	}

	/** The next `count` bytes, for headers. Throws FL_DATA_TRUNCATED as `readInto` does. */
	async read(count: number, what: string): Promise<DataView> {
		const bytes = new Uint8Array(count);
		await this.readInto(bytes, what);
		return new DataView(bytes.buffer);
	}

	/** Fills `target` as far as the stream goes; resolves to the number of bytes read. */
	async readUpTo(target: Uint8Array): Promise<number> {
		let filled = 0;
		while (filled < target.length) {
			if (this.#chunk.length === 0 && !(await this.#pull())) break;
			const part = this.#chunk.subarray(0, target.length - filled);
			target.set(part, filled);
			filled += part.length;
			this.#chunk = this.#chunk.subarray(part.length);
			this.#position += part.length;
		}
		return filled;
	}

	/** Throws FL_DATA_TRUNCATED when the stream cannot hold `count` more bytes; call before allocating them. */
	requireRoom(count: number, what: string): void {
		const rest = this.sizeLimit - this.#position;
		if (count <= rest) return;
		throw this.#truncated(this.#position, `at most ${rest} bytes`, `${count} bytes (${what})`);
	}

	/** Throws FL_DATA_FORMAT when anything follows. */
	async expectEnd(): Promise<void> {
		if (this.#chunk.length === 0 && !(await this.#pull())) return;
		throw dataError({
			file: this.file,
			place: `byte ${this.#position}`,
			found: "trailing bytes",
			expected: "the end of the file",
		});
	}

	close(): void {
		this.#stream.destroy();
	}

	async #pull(): Promise<boolean> {
		while (this.#chunk.length === 0) {
			const next = await this.#next();
			if (next.done === true) return false;
			this.#chunk = next.value;
			this.#onChunk?.(next.value);
		}
		return true;
	}

	async #next(): Promise<IteratorResult<Buffer>> {
		try {
			return await this.#chunks.next();
		} catch (cause) {
			throw readError(this.file, `unpacked byte ${this.#position}`, cause);
		}
	}

	#truncated(position: number, found: string, expected: string): FlSimError {
		return dataError({
			code: "FL_DATA_TRUNCATED",
			file: this.file,
			place: `byte ${position}`,
			found,
			expected,
		});
	}
}

/** A stream of the bytes of `file`, unpacked when they are gzip, whatever the file is called. */
export async function openBytes(file: string): Promise<{ stream: Readable; sizeLimit: number }> {
	try {
		const { size } = await stat(file);
		const packed = await startsAsGzip(file);
		const source = createReadStream(file, { highWaterMark: 1 << 18 });
		if (!packed) return { stream: source, sizeLimit: size };
		const gunzip = createGunzip({ chunkSize: 1 << 18 });
		pipeline(source, gunzip, () => {}); // the reader sees the error when it pulls
		return { stream: gunzip, sizeLimit: size * largestDeflateRatio };
	} catch (cause) {
		throw readError(file, "byte 0", cause);
	}
}

async function startsAsGzip(file: string): Promise<boolean> {
	const handle = await open(file);
	try {
		const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
		return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
	} finally {
		await handle.close();
	}
}

/** Runs `read` on the bytes of `file` (plain or gzip) and closes the file. */
export async function withByteReader<Result>(
	file: string,
	read: (reader: ByteReader) => Promise<Result>,
): Promise<Result> {
	const { stream, sizeLimit } = await openBytes(file);
	const reader = new ByteReader(stream, { file, sizeLimit });
	try {
		return await read(reader);
	} finally {
		reader.close();
	}
}

import type { Checksum } from "./checksum.ts";
import { combineCrc32 } from "./crc-combination.ts";
import type { Chunk } from "./frame.ts";
import { limits } from "./limits.ts";

/**
 * A payload with the checksums of its chunks, found in one pass: those of the whole payload and of its frames follow from them,
 * to however many peers it is sent. Its bytes must stay as they are.
 */
export class OutgoingPayload {
	readonly bytes: Uint8Array;
	/** CRC-32 of the whole payload. */
	readonly crc32: number;
	readonly #chunkBytes: number;
	readonly #chunkCrcs: Uint32Array;

	/** @param chunkBytes length of the chunks in which it will be sent; other lengths cost another pass */
	constructor(bytes: Uint8Array, checksum: Checksum, chunkBytes: number = limits.chunkData) {
		this.bytes = bytes;
		this.#chunkBytes = chunkBytes;
		this.#chunkCrcs = new Uint32Array(Math.ceil(bytes.length / chunkBytes));
		let crc = 0;
		for (let index = 0; index < this.#chunkCrcs.length; index++) {
			const data = this.#dataAt(index * chunkBytes, chunkBytes);
			const chunkCrc = checksum(data);
			this.#chunkCrcs[index] = chunkCrc;
			crc = combineCrc32(crc, chunkCrc, data.length);
		}
		this.crc32 = crc;
	}

	/** A view on the bytes from `offset` on, at most so many, with their checksum where it is known. */
	chunkAt(offset: number, chunkBytes: number): Omit<Chunk, "payload"> {
		const data = this.#dataAt(offset, chunkBytes);
		if (chunkBytes !== this.#chunkBytes || offset % chunkBytes !== 0) return { offset, data };
		return { offset, data, crc32: this.#chunkCrcs[offset / chunkBytes] as number };
	}

	#dataAt(offset: number, chunkBytes: number): Uint8Array {
		return this.bytes.subarray(offset, offset + chunkBytes);
	}
}

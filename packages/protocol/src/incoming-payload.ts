import { combineCrc32 } from "./crc-combination.ts";
import type { Chunk } from "./frame.ts";
import type { Announcement } from "./messages.ts";
import { ProtocolError } from "./protocol-error.ts";

/** Identity of a payload across connections. */
export type PayloadIdentity = Pick<Announcement, "bytes" | "crc32">;

/** A payload that arrives in chunks, and goes on over several connections. Its memory is taken at once. */
export class IncomingPayload {
	readonly identity: PayloadIdentity;
	readonly #bytes: Uint8Array;
	#received = 0;
	#crc = 0;

	constructor(
		identity: PayloadIdentity,
		allocate: (length: number) => Uint8Array = (length) => new Uint8Array(length),
	) {
		this.identity = { bytes: identity.bytes, crc32: identity.crc32 };
		this.#bytes = allocate(identity.bytes);
	}

	/** Bytes that are there, all from the start. */
	get received(): number {
		return this.#received;
	}

	get isComplete(): boolean {
		return this.#received === this.identity.bytes;
	}

	isOf({ bytes, crc32 }: PayloadIdentity): boolean {
		return bytes === this.identity.bytes && crc32 === this.identity.crc32;
	}

	/** The next piece, with the CRC-32 that its frame was found to have. @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE */
	add({ offset, data, crc32 }: Required<Omit<Chunk, "payload">>): void {
		if (offset !== this.#received) {
			throw new ProtocolError(
				"FL_PROTOCOL_ORDER",
				`a chunk starts at byte ${offset}, expected ${this.#received}`,
			);
		}
		if (data.length > this.identity.bytes - offset) {
			throw new ProtocolError(
				"FL_PROTOCOL_SIZE",
				`a chunk ends at byte ${offset + data.length} of a payload of ${this.identity.bytes}`,
			);
		}
		this.#bytes.set(data, offset);
		this.#crc = combineCrc32(this.#crc, crc32, data.length);
		this.#received += data.length;
	}

	/** The whole payload. @throws FL_PROTOCOL_FRAME when it is not what was announced. */
	finish(): Uint8Array {
		if (!this.isComplete || this.#crc !== this.identity.crc32) {
			throw new ProtocolError(
				"FL_PROTOCOL_FRAME",
				`a payload of ${this.#received} bytes has the CRC-32 ${this.#crc}, announced were ${this.identity.bytes} and ${this.identity.crc32}`,
			);
		}
		return this.#bytes;
	}
}

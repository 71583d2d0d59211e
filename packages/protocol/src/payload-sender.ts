import type { Checksum } from "./checksum.ts";
import type { Connection } from "./connection.ts";
import { chunkHeaderLength, encodeChunkFrame } from "./frame.ts";
import type { Announcement } from "./messages.ts";
import type { OutgoingPayload } from "./outgoing-payload.ts";
import { ProtocolError } from "./protocol-error.ts";

export interface PayloadSenderSettings {
	readonly connection: Pick<Connection, "isOpen" | "send">;
	readonly checksum: Checksum;
	/** A chunk was sent: the peer has heard of us. */
	readonly sent: () => void;
}

/**
 * The payloads that the peer may fetch on one connection. One chunk waits for room at a time, however often a peer fetches
 * that reads nothing, and of all fetches the last one counts.
 */
export class PayloadSender {
	readonly #settings: PayloadSenderSettings;
	readonly #offers = new Map<number, { readonly purpose: string; readonly payload: OutgoingPayload }>();
	#numAnnounced = 0;
	/** What is sent, from where on. */
	#request:
		| { readonly id: number; readonly payload: OutgoingPayload; readonly chunkBytes: number; offset: number }
		| undefined;
	#isSending = false;
	/** Memory of frames that have left. */
	readonly #memory: Uint8Array[] = [];

	constructor(settings: PayloadSenderSettings) {
		this.#settings = settings;
	}

	/** Lets the peer fetch a payload, in place of what was announced for the same purpose. */
	announce(purpose: string, payload: OutgoingPayload): Announcement {
		this.retract(purpose);
		this.#numAnnounced += 1;
		this.#offers.set(this.#numAnnounced, { purpose, payload });
		return { id: this.#numAnnounced, bytes: payload.bytes.length, crc32: payload.crc32 };
	}

	/** Stops sending what was announced for a purpose, and keeps it no longer. */
	retract(purpose: string): void {
		for (const [id, offer] of this.#offers) {
			if (offer.purpose !== purpose) continue;
			this.#offers.delete(id);
			if (this.#request?.id === id) this.#request = undefined;
		}
	}

	/**
	 * The peer fetches a payload from a byte on. One that is retracted is not sent: the peer may have asked before it
	 * knew.
	 *
	 * @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE
	 */
	send(id: number, from: number, chunkBytes: number): void {
		const payload = this.#offers.get(id)?.payload;
		if (payload === undefined) {
			if (id <= this.#numAnnounced) return;
			throw new ProtocolError("FL_PROTOCOL_ORDER", `a fetch of payload ${id}, which was not announced`);
		}
		const { length } = payload.bytes;
		if (from > length) {
			throw new ProtocolError("FL_PROTOCOL_SIZE", `a fetch from byte ${from} of a payload of ${length}`);
		}
		this.#request = { id, payload, chunkBytes, offset: from };
		void this.#sendRequested();
	}

	async #sendRequested(): Promise<void> {
		if (this.#isSending) return;
		this.#isSending = true;
		const { connection, sent } = this.#settings;
		for (let request = this.#request; request !== undefined; request = this.#request) {
			if (!connection.isOpen || request.offset >= request.payload.bytes.length) {
				this.#request = undefined;
				break;
			}
			const { id, payload, chunkBytes, offset } = request;
			request.offset += chunkBytes;
			await this.#sendChunk({ payload: id, ...payload.chunkAt(offset, chunkBytes) });
			sent();
		}
		this.#memory.length = 0;
		this.#isSending = false;
	}

	#sendChunk(chunk: Parameters<typeof encodeChunkFrame>[0]): Promise<void> {
		const length = chunkHeaderLength + chunk.data.length;
		const free = this.#memory.pop();
		const memory = free !== undefined && free.length >= length ? free : new Uint8Array(length);
		const frame = encodeChunkFrame(chunk, this.#settings.checksum, memory.subarray(0, length));
		return this.#settings.connection.send(frame, () => {
			if (this.#isSending) this.#memory.push(memory);
		});
	}
}

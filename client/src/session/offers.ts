import {
	type Announcement,
	type Checksum,
	type Connection,
	type MessageOf,
	ProtocolError,
	type ServerMessage,
	sendPayload,
} from "@fl-sim/protocol";

interface Offer {
	readonly task: string;
	readonly bytes: Uint8Array;
	/** Counts the server's requests: only the last one is answered. */
	requests: number;
}

/** Payloads that the server may fetch on one connection. */
export class Offers {
	readonly #connection: Connection;
	readonly #checksum: Checksum;
	readonly #offers = new Map<number, Offer>();
	#lastId = 0;

	constructor(connection: Connection, checksum: Checksum) {
		this.#connection = connection;
		this.#checksum = checksum;
	}

	add(task: string, bytes: Uint8Array): Announcement {
		this.retract(task);
		this.#lastId += 1;
		this.#offers.set(this.#lastId, { task, bytes, requests: 0 });
		return { id: this.#lastId, bytes: bytes.length, crc32: this.#checksum(bytes) };
	}

	/** Stops sending what was offered for a task, and keeps it no longer. */
	retract(task: string): void {
		for (const [id, offer] of this.#offers) {
			if (offer.task === task) this.#offers.delete(id);
		}
	}

	/**
	 * Begins to send. A payload that is not offered any more is not sent: the server may have asked before it knew.
	 *
	 * @throws FL_PROTOCOL_ORDER
	 */
	send({ payload, offset }: MessageOf<ServerMessage, "fetch">, chunkBytes: number): void {
		if (payload > this.#lastId) throw outOfTurn(`payload ${payload} is fetched, but was never announced`);
		const offer = this.#offers.get(payload);
		if (offer === undefined) return;
		if (offset > offer.bytes.length) {
			throw outOfTurn(`payload ${payload} of ${offer.bytes.length} bytes is fetched from byte ${offset}`);
		}
		offer.requests += 1;
		const request = offer.requests;
		const isWanted = (): boolean => this.#offers.get(payload) === offer && offer.requests === request;
		void sendPayload(
			this.#connection,
			{ id: payload, bytes: offer.bytes, from: offset },
			{ chunkBytes, checksum: this.#checksum, isWanted },
		);
	}
}

function outOfTurn(problem: string): ProtocolError {
	return new ProtocolError("FL_PROTOCOL_ORDER", problem);
}

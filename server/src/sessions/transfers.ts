import {
	type Announcement,
	type Checksum,
	type Connection,
	type IncomingPayload,
	type MessageOf,
	ProtocolError,
	type ServerMessage,
	sendPayload,
} from "@fl-sim/protocol";

export interface TransferSettings {
	readonly connection: Connection;
	readonly checksum: Checksum;
	readonly chunkBytes: number;
	say(message: MessageOf<ServerMessage, "fetch">): void;
	/** A payload was sent: the peer has heard of us. */
	readonly sent: () => void;
}

/** Payloads on one connection: at most one on its way in each direction. */
export class Transfers {
	readonly #settings: TransferSettings;
	#numAnnounced = 0;
	/** `from` is where the client wants it from, until that is taken up: of many fetches the last one counts. */
	#outgoing: { readonly id: number; readonly bytes: Uint8Array; from?: number } | undefined;
	#isSending = false;
	#incoming: { readonly id: number; readonly into: IncomingPayload; deliver(): void } | undefined;
	#lastHeardOf = 0;

	constructor(settings: TransferSettings) {
		this.#settings = settings;
	}

	/** Makes a payload the one that the client may fetch. */
	announce(bytes: Uint8Array, crc32: number): Announcement {
		const id = ++this.#numAnnounced;
		this.#outgoing = { id, bytes };
		return { id, bytes: bytes.length, crc32 };
	}

	/** The client announced a payload, whether or not it will be fetched. */
	hearOf({ id }: Announcement): void {
		this.#lastHeardOf = Math.max(this.#lastHeardOf, id);
	}

	/** Fetches what is missing of a payload, then delivers it. */
	fetch(id: number, into: IncomingPayload, deliver: () => void): void {
		this.#incoming = { id, into, deliver };
		this.#settings.say({ type: "fetch", payload: id, offset: into.received });
		this.#deliverIfComplete();
	}

	/** @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE */
	receive(id: number, offset: number, data: Uint8Array): void {
		const incoming = this.#incoming;
		// Chunks of an answer that nobody waits for any more may still be on their way.
		if (incoming === undefined && id <= this.#lastHeardOf) return;
		if (incoming?.id !== id) {
			throw new ProtocolError("FL_PROTOCOL_ORDER", `a chunk of payload ${id}, which nobody fetches`);
		}
		const isFull = data.length === this.#settings.chunkBytes;
		if (!isFull && offset + data.length !== incoming.into.identity.bytes) {
			throw new ProtocolError(
				"FL_PROTOCOL_SIZE",
				`a chunk of ${data.length} bytes, expected full ones but the last`,
			);
		}
		incoming.into.add(offset, data);
		this.#deliverIfComplete();
	}

	/** The client fetches a payload. @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE */
	send(id: number, from: number): void {
		const outgoing = this.#outgoing;
		if (outgoing?.id !== id) {
			if (id <= this.#numAnnounced) return; // withdrawn in the meantime
			throw new ProtocolError("FL_PROTOCOL_ORDER", `a fetch of payload ${id}, which was not announced`);
		}
		const { bytes } = outgoing;
		if (from > bytes.length) {
			throw new ProtocolError(
				"FL_PROTOCOL_SIZE",
				`a fetch from byte ${from} of a payload of ${bytes.length}`,
			);
		}
		outgoing.from = from;
		void this.#sendRequested();
	}

	/** One chunk waits at a time, however often a client fetches that reads nothing. */
	async #sendRequested(): Promise<void> {
		if (this.#isSending) return;
		this.#isSending = true;
		const { connection, checksum, chunkBytes, sent } = this.#settings;
		for (;;) {
			const outgoing = this.#outgoing;
			if (outgoing?.from === undefined || !connection.isOpen) break;
			const { id, bytes, from } = outgoing;
			delete outgoing.from;
			const isWanted = () => this.#outgoing === outgoing && outgoing.from === undefined;
			await sendPayload(connection, { id, bytes, from }, { chunkBytes, checksum, isWanted });
			sent();
		}
		this.#isSending = false;
	}

	/** Ends what is on its way, in both directions. */
	stop(): void {
		this.#outgoing = undefined;
		this.#incoming = undefined;
	}

	#deliverIfComplete(): void {
		const incoming = this.#incoming;
		if (incoming?.into.isComplete !== true) return;
		this.#incoming = undefined;
		incoming.deliver();
	}
}

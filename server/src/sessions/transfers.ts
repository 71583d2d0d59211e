import {
	type Announcement,
	type Chunk,
	type IncomingPayload,
	type MessageOf,
	type OutgoingPayload,
	PayloadSender,
	type PayloadSenderSettings,
	ProtocolError,
	type ServerMessage,
} from "@fl-sim/protocol";

export interface TransferSettings extends PayloadSenderSettings {
	readonly chunkBytes: number;
	say(message: MessageOf<ServerMessage, "fetch">): void;
}

/** A client is asked for one thing at a time. */
const onlyPurpose = "work";

/** Payloads on one connection: at most one on its way in each direction. */
export class Transfers {
	readonly #settings: TransferSettings;
	readonly #sender: PayloadSender;
	#incoming: { readonly id: number; readonly into: IncomingPayload; deliver(): void } | undefined;
	#lastHeardOf = 0;

	constructor(settings: TransferSettings) {
		this.#settings = settings;
		this.#sender = new PayloadSender(settings);
	}

	/** Makes a payload the one that the client may fetch. */
	announce(payload: OutgoingPayload): Announcement {
		return this.#sender.announce(onlyPurpose, payload);
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
	receive(chunk: Required<Chunk>): void {
		const { payload: id, offset, data } = chunk;
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
		incoming.into.add(chunk);
		this.#deliverIfComplete();
	}

	/** The client fetches a payload. @throws FL_PROTOCOL_ORDER, FL_PROTOCOL_SIZE */
	send(id: number, from: number): void {
		this.#sender.send(id, from, this.#settings.chunkBytes);
	}

	/** Ends what is on its way, in both directions. */
	stop(): void {
		this.#sender.retract(onlyPurpose);
		this.#incoming = undefined;
	}

	#deliverIfComplete(): void {
		const incoming = this.#incoming;
		if (incoming?.into.isComplete !== true) return;
		this.#incoming = undefined;
		incoming.deliver();
	}
}

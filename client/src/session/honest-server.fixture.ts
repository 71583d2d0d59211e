import { crc32 } from "node:zlib";
import {
	type Announcement,
	type ClientMessage,
	encodeChunkFrame,
	encodeControlFrame,
	type MessageOf,
	type ServerMessage,
} from "@fl-sim/protocol";
import { announced, challenge, taskOf, welcome } from "./test-client.fixture.ts";

/** What the server asks for, and with which payload. */
export interface Asked {
	readonly kind: "train" | "converse" | "evaluate";
	readonly id: string;
	readonly payload: Uint8Array;
}

interface Upload {
	readonly announcement: Announcement;
	readonly bytes: Uint8Array;
	received: number;
}

/** Knows of one connection what an honest server would send next. Neither sends nor receives by itself. */
export class HonestServer {
	readonly #next: () => Asked;
	readonly #frames: Uint8Array[] = [said(challenge)];
	#asked: Asked | undefined;
	readonly #payloads = new Map<number, Uint8Array>();
	#upload: Upload | undefined;
	#call: MessageOf<ClientMessage, "call"> | undefined;
	/** Answers that came whole, and results of evaluations, by the id of what was asked. */
	readonly answers = new Map<string, Uint8Array | number | null>();

	constructor(next: () => Asked) {
		this.#next = next;
	}

	/** The client has sent a chunk. */
	collect(offset: number, data: Uint8Array): void {
		const upload = this.#upload;
		if (upload === undefined || offset !== upload.received || offset + data.length > upload.bytes.length)
			return;
		upload.bytes.set(data, offset);
		upload.received += data.length;
		if (upload.received === upload.bytes.length) this.#onUpload(upload.bytes);
	}

	hear(message: ClientMessage): void {
		switch (message.type) {
			case "hello":
				this.#frames.push(said(welcome));
				return;
			case "ready":
				this.#ask();
				return;
			case "fetch":
				this.#sendFrom(message.payload, message.offset);
				return;
			case "call":
				this.#call = message;
				this.#fetch(message.payload);
				return;
			case "result":
				this.#call = undefined;
				this.#fetch(message.payload);
				return;
			case "evaluation":
				this.answers.set(message.id, message.lossSum);
				this.#ask();
				return;
			case "failed":
				this.#ask();
				return;
			case "heartbeat":
			case "error":
			case "goodbye":
				return;
		}
	}

	next(): Uint8Array {
		return this.#frames.shift() ?? said({ type: "heartbeat" });
	}

	#ask(): void {
		const asked = this.#next();
		this.#asked = asked;
		const payload = this.#announce(asked.payload);
		const { kind, id } = asked;
		if (kind === "evaluate") this.#frames.push(said({ type: "evaluate", id, round: 1, payload }));
		else this.#frames.push(said({ ...taskOf(id, payload), task: kind }));
	}

	#announce(bytes: Uint8Array): Announcement {
		const id = this.#payloads.size + 1;
		this.#payloads.set(id, bytes);
		return announced(bytes, id);
	}

	#sendFrom(payload: number, from: number): void {
		const bytes = this.#payloads.get(payload);
		if (bytes === undefined) return;
		for (let offset = from; offset < bytes.length; offset += welcome.chunkBytes) {
			const data = bytes.subarray(offset, offset + welcome.chunkBytes);
			this.#frames.push(encodeChunkFrame({ payload, offset, data }, crc32));
		}
	}

	#fetch(announcement: Announcement): void {
		this.#upload = { announcement, bytes: new Uint8Array(announcement.bytes), received: 0 };
		this.#frames.push(said({ type: "fetch", payload: announcement.id, offset: 0 }));
	}

	#onUpload(bytes: Uint8Array): void {
		this.#upload = undefined;
		const call = this.#call;
		if (call !== undefined) {
			const payload = this.#announce(bytes.map((byte) => byte + 1));
			this.#frames.push(said({ type: "answer", task: call.task, call: call.call, payload }));
			return;
		}
		const id = this.#asked?.id ?? "";
		this.answers.set(id, bytes);
		this.#frames.push(said({ type: "receipt", task: id, status: "counted" }));
		this.#ask();
	}
}

function said(message: ServerMessage): Uint8Array {
	return encodeControlFrame(JSON.stringify(message), crc32);
}

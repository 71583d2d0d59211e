import { crc32 } from "node:zlib";
import {
	type ClientMessage,
	encodeChunkFrame,
	encodeControlFrame,
	type MessageOf,
	type ServerMessage,
} from "@fl-sim/protocol";
import { goodAnswer, parameters } from "./small-federation.fixture.ts";

type Open = MessageOf<ServerMessage, "task" | "evaluate">;

/** A question of the task that asks some. */
const question = Uint8Array.from({ length: 24 }, (_, i) => i);
const chunkBytes = 16;

export interface HonestSettings {
	readonly client: number;
	/** Questions that it asks in each task. */
	readonly questions: number;
	/** The proof for a server's nonce. */
	prove(serverNonce: string): string | undefined;
}

/** Knows of one connection what an honest client would send next. Neither sends nor receives by itself. */
export class HonestClient {
	readonly #settings: HonestSettings;
	#nonce = "";
	/** What the server asks for. */
	#open: Open | undefined;
	readonly #announced = new Map<number, Uint8Array>();
	#upload: { readonly id: number; offset: number } | undefined;
	/** Payloads of the server that are to be fetched. */
	readonly #toFetch: number[] = [];
	#asked = 0;
	#answered = 0;
	#isAnnounced = false;

	constructor(settings: HonestSettings) {
		this.#settings = settings;
	}

	hear(message: ServerMessage): void {
		if (message.type === "challenge") this.#nonce = message.nonce;
		else if (message.type === "fetch") this.#upload = { id: message.payload, offset: message.offset };
		else if (message.type === "task" || message.type === "evaluate") {
			this.#open = message;
			this.#toFetch.push(message.payload.id);
			this.#asked = 0;
			this.#answered = 0;
			this.#isAnnounced = false;
		} else if (message.type === "answer") {
			this.#answered += 1;
			this.#toFetch.push(message.payload.id);
		} else if (message.type === "withdraw" || message.type === "receipt") {
			const id = message.type === "withdraw" ? message.id : message.task;
			if (id === this.#open?.id) this.#open = undefined;
		}
	}

	/** The frame that comes next in this phase of the session. */
	next(phase: string): Uint8Array {
		if (phase !== "ready") return said(phase === "loading" ? this.#ready() : this.#hello());
		return this.#chunk() ?? said(this.#message());
	}

	#hello(): ClientMessage {
		const { client } = this.#settings;
		const proof = this.#settings.prove(this.#nonce);
		return {
			type: "hello",
			protocol: 1,
			software: "test",
			client,
			nonce: "n".repeat(32),
			...(proof === undefined ? {} : { proof }),
			backends: ["wasm"],
		};
	}

	#ready(): ClientMessage {
		return { type: "ready", backendVersion: "1", parameters, trainExamples: 20, testExamples: 5 };
	}

	#chunk(): Uint8Array | undefined {
		const bytes = this.#announced.get(this.#upload?.id ?? 0);
		const upload = this.#upload;
		if (upload === undefined || bytes === undefined || upload.offset >= bytes.length) return undefined;
		const { id, offset } = upload;
		upload.offset += chunkBytes;
		return encodeChunkFrame(
			{ payload: id, offset, data: bytes.subarray(offset, offset + chunkBytes) },
			crc32,
		);
	}

	#message(): ClientMessage {
		const open = this.#open;
		const payload = this.#toFetch.shift();
		if (payload !== undefined) return { type: "fetch", payload, offset: 0 };
		if (open === undefined || this.#isAnnounced) return { type: "heartbeat" };
		if (open.type === "evaluate") {
			return { type: "evaluation", id: open.id, lossSum: 1, numCorrect: 1, numExamples: 5 };
		}
		if (this.#asked > this.#answered) return { type: "heartbeat" };
		if (this.#asked < this.#settings.questions) {
			this.#asked += 1;
			const payload = this.#announce(question);
			return { type: "call", task: open.id, call: this.#asked, service: "body", payload };
		}
		this.#isAnnounced = true;
		return {
			type: "result",
			task: open.id,
			report: { trainLoss: 0.5, numExamples: 20, steps: 2 },
			keepsState: true,
			wallSeconds: 0.1,
			payload: this.#announce(goodAnswer),
		};
	}

	#announce(bytes: Uint8Array) {
		const id = this.#announced.size + 1;
		this.#announced.set(id, bytes);
		return { id, bytes: bytes.length, crc32: crc32(bytes) };
	}
}

function said(message: ClientMessage): Uint8Array {
	return encodeControlFrame(JSON.stringify(message), crc32);
}

import { crc32 } from "node:zlib";
import {
	type Announcement,
	type ClientMessage,
	type Connection,
	combineCrc32,
	decodeFrame,
	limits,
	type MessageOf,
	type OutgoingPayload,
	PayloadSender,
	protocolVersion,
	type ServerMessage,
	sendMessage,
} from "@fl-sim/protocol";
import { WebSocket } from "ws";

export interface LightClientSettings {
	readonly address: string;
	readonly client: number;
	/** Parameters of the model. */
	readonly parameters: number;
	/** An encoded answer to a task, the same for all clients of a process. */
	readonly answer: OutgoingPayload;
	/** Called when a payload is announced and not yet fetched; without it the client fetches at once. */
	onAnnounced?(fetch: () => void): void;
	/** The client holds a task, all of whose payload is there. */
	onTask(client: LightClient, task: string): void;
	onReceipt(client: LightClient, task: string, status: string): void;
	onWithdrawn?(client: LightClient, task: string): void;
	/** The connection ended; `wasReady` says whether it was one of a client that had joined. */
	onEnd(client: LightClient, wasReady: boolean, why: string): void;
}

/** It computes nothing, so any backend will do. */
const backends = ["onnxruntime", "tensorflow", "wasm", "cpu"];

interface Incoming extends Announcement {
	readonly task: string;
	received: number;
	crc: number;
}

/** Speaks the protocol like a client and computes nothing; of what it receives it keeps the checksum alone. */
export class LightClient {
	readonly ready: Promise<boolean>;
	readonly #settings: LightClientSettings;
	readonly #socket: WebSocket;
	readonly #connection: Connection;
	#phase: "joining" | "ready" | "ended" = "joining";
	#incoming: Incoming | undefined;
	readonly #sender: PayloadSender;
	#heartbeat: NodeJS.Timeout | undefined;
	#bytesPerSecond = Number.POSITIVE_INFINITY;
	#pause: NodeJS.Timeout | undefined;

	constructor(settings: LightClientSettings) {
		this.#settings = settings;
		const socket = new WebSocket(settings.address, {
			perMessageDeflate: false,
			maxPayload: limits.maxChunkData + 1024,
			generateMask: (mask) => mask.fill(0),
		});
		this.#socket = socket;
		this.#connection = connectionOf(socket);
		this.#sender = new PayloadSender({
			connection: this.#connection,
			checksum: crc32,
			sent: () => undefined,
		});
		this.ready = new Promise((resolve) => {
			socket.on("message", (data: Buffer) => {
				this.#keepToRate(data.length);
				this.#receive(data, () => resolve(true));
			});
			socket.on("error", () => undefined); // the end follows
			socket.on("close", (code, reason) => {
				const wasReady = this.#phase === "ready";
				this.#phase = "ended";
				clearInterval(this.#heartbeat);
				clearTimeout(this.#pause);
				settings.onEnd(this, wasReady, `${code} ${reason.toString("utf8")}`);
				resolve(false);
			});
		});
	}

	get client(): number {
		return this.#settings.client;
	}

	/** Bytes of the task's payload that are there. */
	get received(): number {
		return this.#incoming?.received ?? 0;
	}

	/** Reads no faster than this from now on, message by message: after each it pauses for as long as it should have taken. */
	readAt(bytesPerSecond: number): void {
		this.#bytesPerSecond = bytesPerSecond;
		clearTimeout(this.#pause);
		this.#socket.resume();
	}

	/** Says that a task is done. */
	answer(task: string): void {
		this.#say({
			type: "result",
			task,
			report: { trainLoss: 0.5, numExamples: 1, steps: 1 },
			keepsState: false,
			wallSeconds: 0,
			payload: this.#sender.announce(task, this.#settings.answer),
		});
	}

	/** Says that a task has failed: an answer without payload. */
	fail(task: string): void {
		this.#say({ type: "failed", task, code: "FL_CLIENT_FAILED", message: "done" });
	}

	/** Ends the connection as a broken network does. */
	cut(): void {
		this.#phase = "ended";
		this.#socket.terminate();
	}

	leave(): void {
		this.#say({ type: "goodbye", reason: "measured" });
		this.#socket.close(1000);
	}

	#receive(data: Uint8Array, onReady: () => void): void {
		const frame = decodeFrame(data, crc32);
		if (frame.kind === "control") return this.#obey(JSON.parse(frame.text) as ServerMessage, onReady);
		const incoming = this.#incoming;
		if (incoming?.id !== frame.payload) return; // withdrawn
		if (incoming.received !== frame.offset) throw new Error("a chunk is missing");
		incoming.received += frame.data.length;
		incoming.crc = combineCrc32(incoming.crc, frame.crc32, frame.data.length);
		this.#deliverIfComplete(incoming);
	}

	#obey(message: ServerMessage, onReady: () => void): void {
		const { client, parameters } = this.#settings;
		switch (message.type) {
			case "challenge":
				return this.#say({
					type: "hello",
					protocol: protocolVersion,
					software: "light client",
					client,
					nonce: "n".repeat(32),
					backends,
				});
			case "welcome":
				this.#phase = "ready";
				this.#startHeartbeats(message.heartbeatSeconds);
				this.#say({ type: "ready", backendVersion: "1", parameters, trainExamples: 100, testExamples: 0 });
				return onReady();
			case "task":
				return this.#fetch(message);
			case "fetch":
				return this.#sender.send(message.payload, message.offset, limits.chunkData);
			case "receipt":
				this.#sender.retract(message.task);
				return this.#settings.onReceipt(this, message.task, message.status);
			case "withdraw":
				this.#incoming = undefined;
				return this.#settings.onWithdrawn?.(this, message.id);
			case "answer":
			case "evaluate":
			case "heartbeat":
			case "ending":
			case "error":
			case "goodbye":
		}
	}

	#fetch({ id, payload }: MessageOf<ServerMessage, "task">): void {
		this.#incoming = { ...payload, task: id, received: 0, crc: 0 };
		const incoming = this.#incoming;
		const fetch = (): void => {
			this.#say({ type: "fetch", payload: payload.id, offset: 0 });
			this.#deliverIfComplete(incoming);
		};
		if (this.#settings.onAnnounced === undefined) fetch();
		else this.#settings.onAnnounced(fetch);
	}

	#deliverIfComplete({ received, bytes, crc, crc32: expected, task }: Incoming): void {
		if (received !== bytes) return;
		if (crc !== expected) throw new Error("a payload does not have its checksum");
		this.#incoming = undefined;
		this.#settings.onTask(this, task);
	}

	#startHeartbeats(seconds: number): void {
		this.#heartbeat = setInterval(() => this.#say({ type: "heartbeat" }), 1000 * seconds);
	}

	#keepToRate(bytes: number): void {
		if (this.#bytesPerSecond === Number.POSITIVE_INFINITY) return;
		this.#socket.pause();
		this.#pause = setTimeout(() => this.#socket.resume(), (1000 * bytes) / this.#bytesPerSecond);
	}

	#say(message: ClientMessage): void {
		void sendMessage(this.#connection, message, crc32);
	}
}

/** Bytes that may wait before a sender is held back. */
const highWaterMark = 1024 * 1024;

function connectionOf(socket: WebSocket): Connection {
	return {
		get isOpen() {
			return socket.readyState === WebSocket.OPEN;
		},
		send: (frame, left) =>
			new Promise((resolve) => {
				if (socket.readyState !== WebSocket.OPEN) return resolve();
				socket.send(frame, () => {
					left?.();
					resolve();
				});
				if (socket.bufferedAmount < highWaterMark) process.nextTick(resolve);
			}),
		close: (code, reason) => socket.close(code, reason),
	};
}

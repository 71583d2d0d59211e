import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls } from "node:tls";
import { crc32 } from "node:zlib";
import {
	type ClientMessage,
	decodeFrame,
	encodeControlFrame,
	type MessageOf,
	parseMessage,
	type ServerMessage,
	serverMessage,
} from "@fl-sim/protocol";
import { onTestFinished } from "vitest";

/** How a WebSocket frame is written, where it is not as it should be. */
export interface FrameFaults {
	readonly isFinal?: boolean;
	readonly isCompressed?: boolean;
	readonly isUnmasked?: boolean;
}

const opcodes = { continuation: 0, text: 1, binary: 2, close: 8 } as const;

/** A peer of a real server that writes every byte itself, and so can write wrong ones. */
export class RawPeer {
	readonly heard: ServerMessage[] = [];
	/** What came before the WebSocket, if it ever became one. */
	head = "";
	/** Code of the server's close frame. */
	closeCode: number | undefined;
	/** Resolves when the connection is gone. */
	readonly ended: Promise<void>;
	readonly #socket: Socket;
	#received: Buffer = Buffer.alloc(0);
	#isWebSocket = false;
	readonly #waiting = new Set<() => void>();

	private constructor(socket: Socket) {
		this.#socket = socket;
		onTestFinished(() => void socket.destroy());
		this.ended = new Promise((resolve) => {
			socket.on("close", () => {
				this.#wake();
				resolve();
			});
		});
		socket.on("error", () => undefined); // followed by the end
		socket.on("data", (bytes: Buffer) => {
			this.#received = Buffer.concat([this.#received, bytes]);
			this.#read();
			this.#wake();
		});
	}

	/** Connects; resolves when it has, or cannot. */
	static async connect(port: number, tls?: ConnectionOptions): Promise<RawPeer> {
		const address = { port, host: "127.0.0.1" };
		const socket = tls === undefined ? connectTcp(address) : connectTls({ ...tls, ...address });
		const peer = new RawPeer(socket);
		await Promise.race([once(socket, tls === undefined ? "connect" : "secureConnect"), peer.ended]).catch(
			() => undefined, // an error, followed by the end
		);
		return peer;
	}

	/** Connects and asks for a WebSocket; resolves at the challenge, or when there will be none. */
	static async open(
		port: number,
		{ path = "/", headers = "", tls }: { path?: string; headers?: string; tls?: ConnectionOptions } = {},
	): Promise<RawPeer> {
		const peer = await RawPeer.connect(port, tls);
		peer.write(upgradeRequest(path, headers));
		await Promise.race([peer.hears("challenge"), peer.ended]);
		return peer;
	}

	get isOpen(): boolean {
		return !this.#socket.closed;
	}

	write(bytes: string | Uint8Array): void {
		if (this.#socket.writable) this.#socket.write(bytes);
	}

	frame(opcode: keyof typeof opcodes, payload: Uint8Array, faults: FrameFaults = {}): void {
		const { isFinal = true, isCompressed = false, isUnmasked = false } = faults;
		const first = (isFinal ? 0x80 : 0) | (isCompressed ? 0x40 : 0) | opcodes[opcode];
		const header = Buffer.alloc(payload.length < 126 ? 2 : payload.length < 65_536 ? 4 : 10);
		header[0] = first;
		header[1] = header.length === 2 ? payload.length : header.length === 4 ? 126 : 127;
		if (header.length === 4) header.writeUInt16BE(payload.length, 2);
		if (header.length === 10) header.writeBigUInt64BE(BigInt(payload.length), 2);
		if (isUnmasked) return this.write(Buffer.concat([header, payload]));
		header[1] |= 0x80;
		// A mask of zeros leaves the payload as it is.
		this.write(Buffer.concat([header, Buffer.alloc(4), payload]));
	}

	say(message: ClientMessage): void {
		this.frame("binary", encodeControlFrame(JSON.stringify(message), crc32));
	}

	hello(client: number, more: Partial<MessageOf<ClientMessage, "hello">> = {}): void {
		const nonce = randomBytes(24).toString("base64url");
		this.say({ type: "hello", protocol: 1, software: "raw", client, nonce, backends: ["wasm"], ...more });
	}

	last<Type extends ServerMessage["type"]>(type: Type): MessageOf<ServerMessage, Type> | undefined {
		return this.heard.findLast((message): message is MessageOf<ServerMessage, Type> => message.type === type);
	}

	/** Waits until the server has said so many messages of a type. Rejects when the connection ends without. */
	async hears(type: ServerMessage["type"], count = 1): Promise<void> {
		while (this.heard.filter((message) => message.type === type).length < count) {
			if (!this.isOpen)
				throw new Error(`the connection ended without ${type}: ${JSON.stringify(this.heard)}`);
			await new Promise<void>((resolve) => {
				this.#waiting.add(resolve);
			});
		}
	}

	#wake(): void {
		for (const wake of this.#waiting) wake();
		this.#waiting.clear();
	}

	/** Frames of a server are short, whole and unmasked. */
	#read(): void {
		if (!this.#isWebSocket) {
			const end = this.#received.indexOf("\r\n\r\n");
			if (end < 0) return;
			this.head = this.#received.subarray(0, end).toString("latin1");
			if (!this.head.startsWith("HTTP/1.1 101")) return;
			this.#isWebSocket = true;
			this.#received = this.#received.subarray(end + 4);
		}
		for (;;) {
			const short = this.#received[1] ?? 0;
			const start = short < 126 ? 2 : short === 126 ? 4 : 10;
			if (this.#received.length < start) return;
			const length =
				start === 2
					? short
					: start === 4
						? this.#received.readUInt16BE(2)
						: Number(this.#received.readBigUInt64BE(2));
			if (this.#received.length < start + length) return;
			this.#take((this.#received[0] ?? 0) & 0xf, this.#received.subarray(start, start + length));
			this.#received = this.#received.subarray(start + length);
		}
	}

	#take(opcode: number, payload: Buffer): void {
		if (opcode === opcodes.close) {
			this.closeCode = payload.readUInt16BE(0);
			this.frame("close", payload.subarray(0, 2));
		} else if (opcode === opcodes.binary) {
			const frame = decodeFrame(payload, crc32);
			if (frame.kind === "control") this.heard.push(parseMessage(frame.text, serverMessage));
		}
	}
}

/** The request for a WebSocket, finished by an empty line. */
export function upgradeRequest(path: string, headers = ""): string {
	return (
		`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
		`Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\n${headers}\r\n`
	);
}

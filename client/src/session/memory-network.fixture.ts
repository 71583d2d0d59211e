import { crc32 } from "node:zlib";
import {
	type ClientMessage,
	clientMessage,
	decodeFrame,
	encodeChunkFrame,
	encodeControlFrame,
	type Frame,
	type MessageOf,
	parseMessage,
	type ServerMessage,
} from "@fl-sim/protocol";
import type { Channel, Closing, Transport } from "./ports.ts";

/** Frames in one direction: written at one end, read at the other. */
class Pipe implements AsyncIterable<Uint8Array> {
	readonly #frames: Uint8Array[] = [];
	#wake: () => void = () => undefined;
	#isClosed = false;

	write(frame: Uint8Array): void {
		if (this.#isClosed) return;
		this.#frames.push(frame);
		this.#wake();
	}

	/** What is on the way still arrives, unless it is lost with the connection. */
	close(losesFrames: boolean): void {
		this.#isClosed = true;
		if (losesFrames) this.#frames.length = 0;
		this.#wake();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (;;) {
			const frame = this.#frames.shift();
			if (frame !== undefined) yield frame;
			else if (this.#isClosed) return;
			else {
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
			}
		}
	}
}

/** Those who look at every frame. */
interface Watch {
	/** Called for every frame in either direction; `cut` loses it and the connection. */
	readonly onFrame: () => "pass" | "cut";
	/** Whether a break also loses what was sent before and not yet read. */
	readonly losesFrames: boolean;
	readonly onClientFrame: (frame: Uint8Array) => void;
}

/** A server's end of a connection, for a test that plays the server. */
export class ServerEnd {
	readonly #up = new Pipe();
	readonly #down = new Pipe();
	readonly #closed = Promise.withResolvers<Closing>();
	readonly #reading = this.#up[Symbol.asyncIterator]();
	readonly #network: Watch;
	#isOpen = true;

	constructor(network: Watch) {
		this.#network = network;
	}

	get isOpen(): boolean {
		return this.#isOpen;
	}

	/** How the client closed the connection, or how it ended otherwise. */
	get closed(): Promise<Closing> {
		return this.#closed.promise;
	}

	/** The client's end. */
	get channel(): Channel {
		const isOpen = (): boolean => this.#isOpen;
		return {
			frames: this.#down,
			closed: this.#closed.promise,
			get isOpen() {
				return isOpen();
			},
			send: (frame) => {
				if (this.#isOpen) this.#network.onClientFrame(frame);
				this.#carry(this.#up, frame);
				return Promise.resolve();
			},
			close: (code, reason) => this.close(code, reason),
		};
	}

	say(message: ServerMessage): void {
		this.sendFrame(encodeControlFrame(JSON.stringify(message), crc32));
	}

	sendChunk(payload: number, offset: number, data: Uint8Array): void {
		this.sendFrame(encodeChunkFrame({ payload, offset, data }, crc32));
	}

	sendFrame(frame: Uint8Array): void {
		this.#carry(this.#down, frame);
	}

	/** The client's next frame that is no heartbeat; undefined when the connection is closed. */
	async frame(): Promise<Extract<Frame, { kind: "chunk" }> | ClientMessage | undefined> {
		for (;;) {
			const { done, value } = await this.#reading.next();
			if (done === true) return undefined;
			const frame = decodeFrame(value, crc32);
			if (frame.kind === "chunk") return frame;
			const message = parseMessage(frame.text, clientMessage);
			if (message.type !== "heartbeat") return message;
		}
	}

	/** The client's next message, which must be of this type. */
	async expect<Type extends ClientMessage["type"]>(type: Type): Promise<MessageOf<ClientMessage, Type>> {
		const frame = await this.frame();
		if (frame !== undefined && "type" in frame && frame.type === type) {
			return frame as MessageOf<ClientMessage, Type>;
		}
		throw new Error(`expected ${type}, the client sent ${JSON.stringify(frame)}`);
	}

	/** The client's chunks up to the end of a payload of so many bytes. */
	async chunks(bytes: number, from = 0): Promise<Uint8Array> {
		const received = new Uint8Array(bytes - from);
		let offset = from;
		while (offset < bytes) {
			const frame = await this.frame();
			if (frame === undefined || !("offset" in frame) || !("data" in frame) || frame.offset !== offset) {
				throw new Error(`expected a chunk at ${offset}, the client sent ${JSON.stringify(frame)}`);
			}
			received.set(frame.data, offset - from);
			offset += frame.data.length;
		}
		return received;
	}

	close(code: number, reason: string): void {
		this.#end({ code, reason }, false);
	}

	/** The connection breaks. */
	cut(): void {
		this.#end({ code: 1006, reason: "" }, this.#network.losesFrames);
	}

	#carry(pipe: Pipe, frame: Uint8Array): void {
		if (!this.#isOpen) return;
		if (this.#network.onFrame() === "cut") this.cut();
		else pipe.write(frame.slice());
	}

	#end(closing: Closing, losesFrames: boolean): void {
		if (!this.#isOpen) return;
		this.#isOpen = false;
		this.#up.close(losesFrames);
		this.#down.close(losesFrames);
		this.#closed.resolve(closing);
	}
}

/** Where clients of a test connect to a server that the test plays. */
export class MemoryNetwork implements Watch {
	/** What connecting fails with, while it is set. */
	failure: Error | undefined;
	onFrame: () => "pass" | "cut" = () => "pass";
	losesFrames = true;
	onClientFrame: (frame: Uint8Array) => void = () => undefined;
	readonly #arrived: ServerEnd[] = [];
	#wake: () => void = () => undefined;

	readonly transport: Transport = {
		connect: async () => {
			if (this.failure !== undefined) throw this.failure;
			const end = new ServerEnd(this);
			this.#arrived.push(end);
			this.#wake();
			return await Promise.resolve(end.channel);
		},
	};

	/** The next connection. */
	async accept(): Promise<ServerEnd> {
		for (;;) {
			const end = this.#arrived.shift();
			if (end !== undefined) return end;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}

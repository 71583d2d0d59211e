import { crc32 } from "node:zlib";
import { FlSimError } from "@fl-sim/core";
import { type ClientMessage, limits, serverMessage } from "@fl-sim/protocol";
import {
	codesOfFaults,
	contentOf,
	controlKind,
	type FuzzConnection,
	FuzzFinding,
	type FuzzWorld,
	type Grammar,
	kindOf,
	type MessageSchema,
	type SentFrame,
	startClock,
} from "@fl-sim/testkit/fuzz";
import { z } from "zod";
import { runClient } from "./client-agent.ts";
import { type Asked, HonestServer } from "./honest-server.fixture.ts";
import { ManualTimer } from "./manual-timer.fixture.ts";
import type { Channel, Closing, Transport } from "./ports.ts";
import { MemoryStore, playTask, TestPlace } from "./test-client.fixture.ts";

const grammar: Grammar = {
	schema: z.toJSONSchema(serverMessage) as MessageSchema,
	words: [
		"1",
		"2",
		"3",
		"train",
		"converse",
		"wasm",
		"n".repeat(32),
		"FL_SESSION_REFUSED",
		"FL_SESSION_LOST",
		"x",
	],
};
const kinds = ["train", "converse", "evaluate"] as const;
const longestChunk = 24 + limits.maxChunkData;
/** Bytes that this client takes for a payload. */
const memory = 64 * 1024;
const closeCodes = [1002, 1007, 1009];
/** Why connections end at the server's side: broken, refused, closing, not ready, failed. */
const ends = [1006, 1008, 1012, 1013, 1011, 1000];
/** Frames that an honest server needs at most. */
const patience = 80;

/** A client that connects again and again to a server that attacks it, or serves it. */
export class FuzzedClient implements FuzzWorld {
	readonly grammar = grammar;
	readonly limits = [limits.controlFrame, longestChunk];
	readonly #store = new MemoryStore();
	readonly #token: boolean;
	readonly #arrived: Connection[] = [];
	#timer = new ManualTimer();
	#leave = new AbortController();
	#ended: Promise<unknown> | undefined;
	#numAsked = 0;

	constructor(number: number) {
		this.#token = number % 4 === 3;
	}

	/** The client's next connection. One that has ended for good is started anew, with what it had stored. */
	async connect(): Promise<Connection> {
		for (let tries = 0; tries < patience; tries++) {
			this.#ended ??= this.#start();
			const connection = this.#arrived.shift();
			if (connection !== undefined) return connection;
			await turn();
			if (this.#arrived.length === 0) await this.#timer.advance(0);
		}
		throw new FuzzFinding("the client does not come back");
	}

	async serveHonestly(): Promise<void> {
		const connection = await this.connect();
		const first = this.#numAsked + 1;
		const last = first + kinds.length - 1;
		const { answers } = connection.honestServer;
		for (let step = 0; !answers.has(String(last)); step++) {
			if (!connection.isOpen) throw new FuzzFinding("the client left an honest server");
			if (step === patience) throw new FuzzFinding("the client does nothing for an honest server");
			await connection.sendHonestly();
		}
		for (let number = first; number <= last; number++) {
			const found = answers.get(String(number));
			const expected = expectedOf(askedAs(number));
			if (JSON.stringify(found) !== JSON.stringify(expected)) {
				throw new FuzzFinding(`a wrong answer to ${number}: ${JSON.stringify(found)}`);
			}
		}
		await connection.end();
	}

	async close(): Promise<void> {
		this.#leave.abort();
		await this.#ended;
	}

	/** What a server asks for next. */
	readonly ask = (): Asked => askedAs(++this.#numAsked);

	/** Lets the time pass after which the client leaves a server that has told of an error. */
	async outlast(): Promise<void> {
		await this.#timer.advance(2000);
	}

	#start(): Promise<unknown> {
		this.#timer = new ManualTimer();
		this.#leave = new AbortController();
		const transport: Transport = {
			connect: () => {
				const connection = new Connection(this);
				this.#arrived.push(connection);
				return Promise.resolve(connection.channel);
			},
		};
		const write = (): void => undefined;
		const settings = {
			client: 3,
			token: this.#token ? `flc1.3.${"k".repeat(43)}` : undefined,
			software: "test 1",
			transport,
			compute: { backends: ["wasm"], open: () => Promise.resolve(new SmallPlace()) },
			stores: { open: () => Promise.resolve(this.#store) },
			timer: this.#timer,
			checksum: crc32,
			log: { info: write, warn: write },
			random: () => 0,
			giveUpAfterSeconds: 1e9,
		};
		return runClient(settings, this.#leave.signal).then(
			() => {
				this.#ended = undefined;
			},
			(error: unknown) => {
				this.#ended = undefined;
				if (!(error instanceof FlSimError)) throw new FuzzFinding(`the client ends with ${String(error)}`);
			},
		);
	}
}

/** A place with little memory. */
class SmallPlace extends TestPlace {
	override allocate(byteLength: number): Uint8Array {
		if (byteLength > memory) throw new FlSimError("FL_CLIENT_MEMORY", `${byteLength} bytes are too much`);
		return new Uint8Array(byteLength);
	}
}

class Connection implements FuzzConnection {
	readonly honestServer: HonestServer;
	readonly channel: Channel;
	readonly #world: FuzzedClient;
	readonly #frames: Uint8Array[] = [];
	readonly #ending = Promise.withResolvers<Closing>();
	/** Called when the client has read what there is, and waits for more. */
	#idle: () => void = () => undefined;
	#wake: () => void = () => undefined;
	#error: string | undefined;
	#closed: Closing | undefined;
	/** Whether the attacker has told the client that it closes: nothing counts after that. */
	#hasTold = false;
	#isGreeted = false;
	/** Whether the client itself has closed. */
	#hasLeft = false;
	#spokeAfterEnd = false;
	#numSent = 0;

	constructor(world: FuzzedClient) {
		this.#world = world;
		this.honestServer = new HonestServer(world.ask);
		const isOpen = (): boolean => this.isOpen;
		this.channel = {
			frames: { [Symbol.asyncIterator]: () => this.#read() },
			closed: this.#ending.promise,
			get isOpen() {
				return isOpen();
			},
			send: (frame) => {
				this.#hear(frame);
				return Promise.resolve();
			},
			close: (code, reason) => {
				this.#hasLeft ||= this.isOpen;
				this.#close({ code, reason });
			},
		};
	}

	get isOpen(): boolean {
		return this.#closed === undefined;
	}

	honest(): Uint8Array {
		return this.honestServer.next();
	}

	async send(frame: Uint8Array): Promise<SentFrame> {
		const isGreeted = this.#isGreeted;
		const stop = startClock();
		await this.#deliver(frame);
		const took = stop();
		if (!this.#hasTold) this.#judge(frame, isGreeted);
		if (this.isOpen && !this.#hasTold && isError(frame)) this.#hasTold = true;
		else if (this.#hasTold) await this.#world.outlast();
		if (this.#closed !== undefined) this.#judgeEnd(this.#closed);
		return { took, error: this.#error, closeCode: this.#closed?.code };
	}

	async sendHonestly(): Promise<void> {
		await this.#deliver(this.honest());
		if (this.#closed !== undefined) this.#judgeEnd(this.#closed);
	}

	/** The connection breaks, or the server closes it for one of its reasons. */
	async end(): Promise<void> {
		this.#close({ code: pick(ends, this.#numSent), reason: "the server's reason \u001b[2J" });
		await turn();
		if (this.#spokeAfterEnd) throw new FuzzFinding("the client spoke on a connection that it had closed");
	}

	async #deliver(frame: Uint8Array): Promise<void> {
		this.#numSent += 1;
		const idle = new Promise<void>((resolve) => {
			this.#idle = resolve;
		});
		this.#frames.push(frame.slice());
		this.#wake();
		await idle;
		await turn();
	}

	async *#read(): AsyncGenerator<Uint8Array> {
		try {
			for (;;) {
				const frame = this.#frames.shift();
				if (frame !== undefined) yield frame;
				else if (!this.isOpen) return;
				else {
					this.#idle();
					await new Promise<void>((resolve) => {
						this.#wake = resolve;
					});
				}
			}
		} finally {
			this.#idle();
		}
	}

	#close(closing: Closing): void {
		if (this.#closed !== undefined) return;
		this.#closed = closing;
		this.#ending.resolve(closing);
		this.#wake();
		this.#idle();
	}

	#hear(bytes: Uint8Array): void {
		if (this.#hasLeft) this.#spokeAfterEnd = true;
		const content = contentOf(bytes);
		if (kindOf(bytes) !== controlKind) {
			const offset = new DataView(content.buffer, content.byteOffset).getBigUint64(4, true);
			this.honestServer.collect(Number(offset), content.subarray(12));
			return;
		}
		const message = JSON.parse(Buffer.from(content).toString("utf8")) as ClientMessage;
		this.#isGreeted ||= message.type === "hello";
		if (message.type === "error") this.#error = message.code;
		this.honestServer.hear(message);
	}

	#judge(frame: Uint8Array, isGreeted: boolean): void {
		const faults = codesOfFaults(frame, {
			longest: longestChunk,
			longestControl: limits.controlFrame,
			accepts: (message) => serverMessage.safeParse(message).success,
		});
		if (faults === undefined) return;
		// Before anything else of a challenge, its version is looked at.
		const allowed = isGreeted ? faults : [...faults, 1002];
		const code = this.#closed?.code;
		if (code === undefined) throw new FuzzFinding(`a frame with faults (${allowed.join(", ")}) was taken`);
		if (!allowed.includes(code)) {
			throw new FuzzFinding(`a frame with faults (${allowed.join(", ")}) was closed with ${code}`);
		}
	}

	/** An end has a code that goes with what was told. */
	#judgeEnd({ code, reason }: Closing): void {
		const error = this.#error;
		if (code === 1000 && error === undefined) return; // the server said goodbye
		if (this.#hasTold && (code === 1001 || code === 1011)) return;
		// It has no token, and is asked for one.
		if (code === 1011 && error === "FL_SESSION_REFUSED") return;
		const isTyped = error !== undefined && error.startsWith("FL_PROTOCOL_") && reason === error;
		if (!closeCodes.includes(code) || !isTyped) {
			throw new FuzzFinding(`the client closed with ${code} (${reason}) and told ${error}`);
		}
	}
}

function askedAs(number: number): Asked {
	const kind = pick(kinds, number);
	const bytes = new Uint8Array(Float32Array.of(number, 1, 2, 3).buffer);
	return {
		kind,
		id: String(number),
		payload: kind === "evaluate" ? bytes : bytes.subarray(0, 6 + (number % 5)),
	};
}

function expectedOf({ kind, payload }: Asked): Uint8Array | number {
	if (kind === "evaluate") return new Float32Array(payload.slice().buffer)[0] as number;
	if (kind === "converse") return payload.map((byte) => byte + 2);
	return playTask({ task: kind, payload }, undefined).payload;
}

function isError(frame: Uint8Array): boolean {
	if (kindOf(frame) !== controlKind) return false;
	const message: unknown = JSON.parse(Buffer.from(contentOf(frame)).toString("utf8"));
	return typeof message === "object" && message !== null && "type" in message && message.type === "error";
}

function pick<Item>(items: readonly Item[], number: number): Item {
	return items[number % items.length] as Item;
}

function turn(): Promise<void> {
	return new Promise((resolve) => void setImmediate(resolve));
}

import { crc32 } from "node:zlib";
import type { StateValue } from "@fl-sim/core";
import type { TaskRequest } from "@fl-sim/engine";
import type { Announcement, MessageOf, ServerMessage } from "@fl-sim/protocol";
import { type ClientEnd, type ClientSettings, runClient } from "./client-agent.ts";
import { ManualTimer } from "./manual-timer.fixture.ts";
import { MemoryNetwork, type ServerEnd } from "./memory-network.fixture.ts";
import type { AskServer, Assignment, ClientStore, ComputePlace, TaskOutcome } from "./ports.ts";

/** States and result in memory, as a folder would keep them over restarts. */
export class MemoryStore implements ClientStore {
	readonly outcomes = new Map<string, TaskOutcome>();
	last: TaskOutcome | undefined;
	/** What saving fails with, while it is set. */
	failure: Error | undefined;

	state(task: string): Promise<StateValue | undefined> {
		return Promise.resolve(this.outcomes.get(task)?.state);
	}

	result(task: string) {
		const last = this.last?.task === task ? this.last : undefined;
		return Promise.resolve(last === undefined ? undefined : { ...last, keepsState: last.state !== null });
	}

	close(): Promise<void> {
		return Promise.resolve();
	}

	save(outcome: TaskOutcome): Promise<void> {
		if (this.failure !== undefined) return Promise.reject(this.failure);
		this.outcomes.delete(outcome.task);
		this.outcomes.set(outcome.task, outcome);
		this.last = outcome;
		return Promise.resolve();
	}
}

/** Adds the payload's bytes and the state; what it answers depends on both, so that no mistake stays unseen. */
export function playTask(request: Pick<TaskRequest, "task" | "payload">, state: StateValue | undefined) {
	const before = typeof state === "number" ? state : 0;
	const after = (crc32(request.payload) + 31 * before) % 1_000_003;
	return { payload: request.payload.map((byte) => (byte + after) & 255), state: after };
}

/** A place where a test decides when a task is done. */
export class TestPlace implements ComputePlace {
	readonly backendVersion = "1.0";
	readonly parameters = 4;
	readonly trainExamples = 8;
	readonly testExamples = 2;
	readonly requests: TaskRequest[] = [];
	isDisposed = false;
	/** Awaited before a task is done. */
	gate: (request: TaskRequest) => Promise<void> = () => Promise.resolve();
	/** What `allocate` fails with, while it is set. */
	noMemory: Error | undefined;

	allocate(byteLength: number): Uint8Array {
		if (this.noMemory !== undefined) throw this.noMemory;
		return new Uint8Array(byteLength);
	}

	async run(request: TaskRequest, state: StateValue | undefined, signal: AbortSignal, askServer: AskServer) {
		this.requests.push(request);
		if (request.task === "converse") {
			const heard = await askServer("body", request.payload);
			const payload = await askServer("body", heard);
			const report = { trainLoss: 1, numExamples: 8, steps: 2 };
			return { reply: { status: "replied", payload, report, wallSeconds: 0.5 } as const, state: null };
		}
		const aborted = new Promise<never>((_, reject) => {
			signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
		});
		await Promise.race([this.gate(request), aborted]);
		const { payload, state: next } = playTask(request, state);
		const report = { trainLoss: Number.NaN, numExamples: 8, steps: 2 };
		return { reply: { status: "replied", payload, report, wallSeconds: 0.5 } as const, state: next };
	}

	evaluate(params: Float32Array) {
		return Promise.resolve({ lossSum: params[0] as number, numCorrect: 1, numExamples: 2 });
	}

	[Symbol.asyncDispose](): Promise<void> {
		this.isDisposed = true;
		return Promise.resolve();
	}
}

/** A client with a network, a clock and a place that a test is in charge of. */
export class TestClient {
	readonly network = new MemoryNetwork();
	readonly timer = new ManualTimer();
	readonly store: MemoryStore;
	readonly places: TestPlace[] = [];
	readonly assignments: Assignment[] = [];
	readonly lines: string[] = [];
	readonly #leave = new AbortController();
	readonly ended: Promise<ClientEnd>;
	/** Awaited before data and model are open. */
	opening: () => Promise<void> = () => Promise.resolve();
	onPlace: (place: TestPlace) => void = () => undefined;

	constructor(changes: Partial<ClientSettings> & { readonly store?: MemoryStore } = {}) {
		const { store = new MemoryStore(), ...settings } = changes;
		this.store = store;
		const write = (_: object, message: string): void => {
			this.lines.push(message);
		};
		this.ended = runClient(
			{
				client: 3,
				token: undefined,
				software: "test 1",
				transport: this.network.transport,
				compute: {
					backends: ["wasm", "cpu"],
					open: async (assignment) => {
						this.assignments.push(assignment);
						await this.opening();
						const place = new TestPlace();
						this.onPlace(place);
						this.places.push(place);
						return place;
					},
				},
				stores: { open: () => Promise.resolve(store) },
				timer: this.timer,
				checksum: crc32,
				log: { info: write, warn: write },
				random: () => 0,
				giveUpAfterSeconds: 600,
				...settings,
			},
			this.#leave.signal,
		);
		this.ended.catch(() => undefined); // looked at by the tests that expect it
	}

	get place(): TestPlace {
		const place = this.places.at(-1);
		if (place === undefined) throw new Error("no place was opened");
		return place;
	}

	leave(): void {
		this.#leave.abort();
	}

	/** Accepts the client's connection and plays the handshake. */
	async welcome(changes: Partial<MessageOf<ServerMessage, "welcome">> = {}): Promise<ServerEnd> {
		const server = await this.network.accept();
		server.say(challenge);
		await server.expect("hello");
		server.say({ ...welcome, ...changes });
		await server.expect("ready");
		return server;
	}
}

export const challenge = {
	type: "challenge",
	protocol: 1,
	software: "fl-server 1",
	nonce: "n".repeat(32),
	authentication: "none",
} as const;

export const welcome = {
	type: "welcome",
	client: 3,
	run: "run-1",
	scenario: { name: "test" },
	backend: "wasm",
	data: { featureShape: [2], numClasses: 2, classNames: null },
	heartbeatSeconds: 20,
	graceSeconds: 30,
	chunkBytes: 4,
} as const;

export function announced(bytes: Uint8Array, id: number): Announcement {
	return { id, bytes: bytes.length, crc32: crc32(bytes) };
}

/** A task message. */
export function taskOf(
	id: string,
	payload: Announcement,
	after: string | null = null,
): MessageOf<ServerMessage, "task"> {
	return { type: "task", id, task: "train", round: 1, workFraction: 1, after, durable: null, payload };
}

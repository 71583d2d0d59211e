import assert from "node:assert/strict";
import { crc32 } from "node:zlib";
import type { ServerEnd } from "./memory-network.fixture.ts";
import { announced, challenge, MemoryStore, playTask, taskOf, welcome } from "./test-client.fixture.ts";

/** A server's side of a run of several tasks with one client, whatever becomes of the connections. */
export class ChoppedRun {
	readonly store = new MemoryStore();
	readonly #payloads: readonly Uint8Array[];
	/** Results, as far as they have come. */
	readonly results: Uint8Array[] = [];
	/** What the run should bring, task by task. */
	readonly expected: { readonly payload: Uint8Array; readonly state: number }[] = [];
	/** The answer to the task at hand, over several connections. */
	#upload: { readonly crc32: number; readonly bytes: Uint8Array; received: number } | undefined;
	/** Announcements of one task on one connection. */
	mostAnnouncements = 0;

	constructor(payloads: readonly Uint8Array[]) {
		this.#payloads = payloads;
		for (const payload of payloads) {
			this.expected.push(playTask({ task: "train", payload }, this.expected.at(-1)?.state));
		}
	}

	/** Plays one connection; returns whether the run is over. */
	async serve(server: ServerEnd): Promise<boolean> {
		server.say(challenge);
		let announcements = 0;
		for (;;) {
			const frame = await server.frame();
			if (frame === undefined) return false;
			if ("data" in frame) {
				if (this.#collect(frame.offset, frame.data)) {
					server.say({ type: "receipt", task: this.#task(this.results.length - 1), status: "counted" });
					announcements = 0;
					if (this.#isOver) {
						server.say({ type: "goodbye", reason: "finished" });
						return true;
					}
					this.#ask(server);
				}
				continue;
			}
			if (frame.type === "hello") server.say(welcome);
			else if (frame.type === "ready") this.#ask(server);
			else if (frame.type === "fetch") this.#send(server, frame.payload, frame.offset);
			else if (frame.type === "result") {
				announcements += 1;
				this.mostAnnouncements = Math.max(this.mostAnnouncements, announcements);
				assert.equal(frame.task, this.#task(this.results.length));
				if (this.#upload?.crc32 !== frame.payload.crc32) {
					const { crc32, bytes } = frame.payload;
					this.#upload = { crc32, bytes: new Uint8Array(bytes), received: 0 };
				}
				server.say({ type: "fetch", payload: frame.payload.id, offset: this.#upload.received });
			} else throw new Error(`the client sent ${JSON.stringify(frame)}`);
		}
	}

	get #isOver(): boolean {
		return this.results.length === this.#payloads.length;
	}

	#task(place: number): string {
		return `task-${place}`;
	}

	#ask(server: ServerEnd): void {
		const place = this.results.length;
		const payload = announced(this.#payloads[place] as Uint8Array, place + 10);
		const after = place === 0 ? null : this.#task(place - 1);
		server.say({ ...taskOf(this.#task(place), payload, after), durable: after });
	}

	#send(server: ServerEnd, payload: number, from: number): void {
		const bytes = this.#payloads[this.results.length] as Uint8Array;
		assert.equal(payload, this.results.length + 10);
		for (let offset = from; offset < bytes.length; offset += welcome.chunkBytes) {
			server.sendChunk(payload, offset, bytes.subarray(offset, offset + welcome.chunkBytes));
		}
	}

	/** Returns whether the answer is complete. */
	#collect(offset: number, data: Uint8Array): boolean {
		const upload = this.#upload;
		if (upload === undefined) throw new Error("a chunk of what was not fetched");
		assert.equal(offset, upload.received);
		upload.bytes.set(data, offset);
		upload.received += data.length;
		if (upload.received < upload.bytes.length) return false;
		assert.equal(crc32(upload.bytes), upload.crc32);
		this.results.push(upload.bytes);
		this.#upload = undefined;
		return true;
	}
}

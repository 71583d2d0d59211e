import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { ChoppedRun } from "./chopped-run.fixture.ts";
import { type MemoryStore, TestClient } from "./test-client.fixture.ts";

/** What happens after so many frames: the connection breaks, or the client's process is killed. */
const chop = fc.record({ frames: fc.nat(25), losesFrames: fc.boolean(), kills: fc.boolean() });
/** Each another one, to tell tasks by their payloads. */
const payloads = fc
	.array(fc.uint8Array({ minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 5 })
	.map((list) => list.map((bytes, place) => Uint8Array.of(place, ...bytes)));

test("wherever connections break and processes are killed, each task is answered once and rightly", async () => {
	await fc.assert(
		fc.asyncProperty(payloads, fc.array(chop, { maxLength: 12 }), fc.nat(3), async (inputs, chops, turns) => {
			const run = new ChoppedRun(inputs);
			let client = startClient(run.store, turns);
			for (const { frames, losesFrames, kills } of chops) {
				let left = frames;
				client.network.losesFrames = losesFrames;
				client.network.onFrame = () => (left-- > 0 ? "pass" : "cut");
				const server = await client.network.accept();
				if (await run.serve(server)) break;
				if (kills) {
					client.kill();
					client = startClient(run.store, turns);
				} else await client.timer.advance(0);
			}
			client.network.onFrame = () => "pass";
			while (run.results.length < inputs.length) {
				const server = await client.network.accept();
				if (!(await run.serve(server))) await client.timer.advance(0);
			}
			expect(run.results).toEqual(run.expected.map(({ payload }) => payload));
			expect(run.mostAnnouncements).toBe(1);
			expect(client.repetitions()).toBe(0);
			const last = inputs.length - 1;
			expect(run.store.outcomes.get(`task-${last}`)?.state).toBe(run.expected[last]?.state);
			client.kill();
		}),
		{ numRuns: 150 },
	);
});

/** A client whose process can be killed: from then on it reaches neither network nor store. */
function startClient(store: MemoryStore, turns: number) {
	let isAlive = true;
	let repetitions = 0;
	const survivor: MemoryStore = Object.create(store, {
		save: {
			value: (...outcome: Parameters<MemoryStore["save"]>) =>
				isAlive ? store.save(...outcome) : new Promise(() => undefined),
		},
	}) as MemoryStore;
	const client = new TestClient({ store: survivor });
	client.onPlace = (place) => {
		place.gate = async ({ payload }) => {
			if (store.last?.input.crc32 === crc32(payload)) repetitions += 1;
			for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
		};
	};
	return Object.assign(client, {
		/** Tasks that were played although their result was there. */
		repetitions: () => repetitions,
		kill() {
			isAlive = false;
			client.network.onFrame = () => "cut";
			client.leave();
		},
	});
}

import { crc32 } from "node:zlib";
import { FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { settle } from "./manual-timer.fixture.ts";
import type { ServerEnd } from "./memory-network.fixture.ts";
import {
	announced,
	MemoryStore,
	playTask,
	TestClient,
	type TestPlace,
	taskOf,
} from "./test-client.fixture.ts";

const input = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const expected = playTask({ task: "train", payload: input }, undefined);

/** Answers the client's fetch with all that it asks for. */
async function serve(server: ServerEnd, bytes = input): Promise<number> {
	const { payload, offset } = await server.expect("fetch");
	server.sendChunk(payload, offset, bytes.subarray(offset));
	return offset;
}

/** Fetches the result that the client announces next. */
async function collect(server: ServerEnd, offset = 0): Promise<Uint8Array> {
	const { payload } = await server.expect("result");
	server.say({ type: "fetch", payload: payload.id, offset });
	return await server.chunks(payload.bytes, offset);
}

/** A gate that a test opens. */
function gated(client: TestClient): { readonly open: () => void } {
	const { promise, resolve } = Promise.withResolvers<void>();
	client.onPlace = (place) => {
		place.gate = () => promise;
	};
	return { open: resolve };
}

test("a task is fetched, played, kept, announced and sent in chunks", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 7)));
	expect(await server.expect("fetch")).toEqual({ type: "fetch", payload: 7, offset: 0 });
	server.sendChunk(7, 0, input.subarray(0, 5));
	server.sendChunk(7, 5, input.subarray(5));
	const result = await server.expect("result");
	expect(result).toEqual({
		type: "result",
		task: "1",
		report: { trainLoss: null, numExamples: 8, steps: 2 },
		keepsState: true,
		wallSeconds: 0.5,
		payload: { id: 1, bytes: 9, crc32: crc32(expected.payload) },
	});
	expect(client.store.outcomes.get("1")?.state).toBe(expected.state);
	server.say({ type: "fetch", payload: 1, offset: 0 });
	expect(await server.chunks(9)).toEqual(expected.payload);
	server.say({ type: "receipt", task: "1", status: "counted" });
	server.say(taskOf("2", announced(input, 8), "1"));
	await serve(server);
	const second = playTask({ task: "train", payload: input }, expected.state);
	expect(await collect(server)).toEqual(second.payload);
	expect(client.place.requests[0]).toMatchObject({ round: 1, client: 3, task: "train", workFraction: 1 });
});

test("a result is sent from where the server has it, and a later request replaces an earlier one", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await serve(server);
	expect(await collect(server, 6)).toEqual(expected.payload.subarray(6));
	server.say({ type: "fetch", payload: 1, offset: 9 });
	server.say({ type: "fetch", payload: 1, offset: 8 });
	expect(await server.chunks(9, 8)).toEqual(expected.payload.subarray(8));
});

test("an empty payload needs no fetch", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(new Uint8Array(), 1)));
	expect(await server.expect("result")).toMatchObject({ payload: { bytes: 0, crc32: 0 } });
});

test("a download goes on where the connection broke", async () => {
	const client = new TestClient();
	const first = await client.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await first.expect("fetch");
	first.sendChunk(1, 0, input.subarray(0, 4));
	await settle();
	first.cut();
	await client.timer.advance(0);
	const second = await client.welcome();
	second.say(taskOf("1", announced(input, 5)));
	expect(await serve(second)).toBe(4);
	expect(await collect(second)).toEqual(expected.payload);
});

test("a download of other bytes under the same name starts anew", async () => {
	const client = new TestClient();
	const first = await client.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await first.expect("fetch");
	first.sendChunk(1, 0, input.subarray(0, 4));
	await settle();
	first.cut();
	await client.timer.advance(0);
	const second = await client.welcome();
	const other = input.toReversed();
	second.say(taskOf("1", announced(other, 5)));
	expect(await serve(second, other)).toBe(0);
	expect(await collect(second)).toEqual(playTask({ task: "train", payload: other }, undefined).payload);
});

test("what is being computed when the connection breaks is announced on the next one, once", async () => {
	const client = new TestClient();
	const gate = gated(client);
	const first = await client.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await serve(first);
	await settle();
	first.cut();
	await client.timer.advance(0);
	const second = await client.welcome();
	second.say(taskOf("1", announced(input, 1)));
	await settle();
	gate.open();
	expect(await collect(second)).toEqual(expected.payload);
	expect(client.place.requests).toHaveLength(1);
});

test("a result that was done while there was no connection waits until the server asks", async () => {
	const client = new TestClient();
	const gate = gated(client);
	const first = await client.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await serve(first);
	await settle();
	first.cut();
	gate.open();
	await client.timer.advance(0);
	const second = await client.welcome();
	await settle();
	second.say(taskOf("1", announced(input, 1)));
	expect(await collect(second)).toEqual(expected.payload);
	expect(client.place.requests).toHaveLength(1);
});

test("a result outlives the process, and is not computed again", async () => {
	const store = new MemoryStore();
	const before = new TestClient({ store });
	const first = await before.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await serve(first);
	await first.expect("result");
	before.leave();
	await before.ended;
	const after = new TestClient({ store });
	const second = await after.welcome();
	second.say(taskOf("1", announced(input, 1)));
	expect(await collect(second)).toEqual(expected.payload);
	expect(after.place.requests).toHaveLength(0);
});

test("a stored result of other bytes is not announced: the task is played anew", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await serve(server);
	await collect(server);
	const other = input.toReversed();
	server.say(taskOf("1", announced(other, 2)));
	await serve(server, other);
	expect(await collect(server)).toEqual(playTask({ task: "train", payload: other }, undefined).payload);
});

test("a task whose state is not there fails, and says which", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("2", announced(input, 1), "1"));
	await serve(server);
	expect(await server.expect("failed")).toMatchObject({
		task: "2",
		code: "FL_CLIENT_STATE",
		message: expect.stringContaining("after task 1") as unknown,
	});
});

test("a task that fails is told, and the next one is played", async () => {
	const client = new TestClient();
	client.onPlace = (place) => {
		place.gate = ({ task }) =>
			task === "train"
				? Promise.reject(new FlSimError("FL_TRAINING_DIVERGED", "it grew"))
				: Promise.resolve();
	};
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await serve(server);
	expect(await server.expect("failed")).toEqual({
		type: "failed",
		task: "1",
		code: "FL_TRAINING_DIVERGED",
		message: "it grew",
	});
	server.say({ ...taskOf("2", announced(input, 2)), task: "other" });
	await serve(server);
	await server.expect("result");
});

test("a result that cannot be kept is not announced, and the older state stays", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await serve(server);
	await collect(server);
	client.store.failure = new FlSimError("FL_RUN_WRITE", "the disk is full");
	server.say(taskOf("2", announced(input, 2), "1"));
	await serve(server);
	expect(await server.expect("failed")).toMatchObject({ task: "2", code: "FL_RUN_WRITE" });
	client.store.failure = undefined;
	server.say(taskOf("2", announced(input, 3), "1"));
	await serve(server);
	expect(await collect(server)).toEqual(playTask({ task: "train", payload: input }, expected.state).payload);
});

test("a payload for which there is no memory is not fetched", async () => {
	const client = new TestClient();
	client.onPlace = (place) => {
		place.noMemory = new FlSimError("FL_CLIENT_FAILED", "no room");
	};
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	expect(await server.expect("failed")).toMatchObject({ task: "1", message: "no room" });
});

test("a task that is withdrawn while it is played is neither kept nor announced", async () => {
	const client = new TestClient();
	const first: { place?: TestPlace } = {};
	client.onPlace = (place) => {
		first.place = place;
		place.gate = ({ task }) => (task === "slow" ? new Promise(() => undefined) : Promise.resolve());
	};
	const server = await client.welcome();
	server.say({ ...taskOf("1", announced(input, 1)), task: "slow" });
	await serve(server);
	await settle();
	expect(client.place.requests).toHaveLength(1);
	server.say({ type: "withdraw", id: "1", reason: "the round is over" });
	server.say(taskOf("2", announced(input, 2)));
	await serve(server);
	expect(await server.expect("result")).toMatchObject({ task: "2" });
	expect([...client.store.outcomes.keys()]).toEqual(["2"]);
});

test("chunks that are on the way when a task is withdrawn are dropped", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await server.expect("fetch");
	server.say({ type: "withdraw", id: "1", reason: "the round is over" });
	server.sendChunk(1, 0, input);
	server.say(taskOf("2", announced(input, 2)));
	await serve(server);
	expect(await server.expect("result")).toMatchObject({ task: "2" });
	expect(client.place.requests).toHaveLength(1);
});

test("a result that is withdrawn is not sent any further", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(taskOf("1", announced(input, 1)));
	await serve(server);
	const { payload } = await server.expect("result");
	server.say({ type: "withdraw", id: "1", reason: "too late" });
	server.say({ type: "fetch", payload: payload.id, offset: 0 });
	server.say({ type: "evaluate", id: "e", round: 1, payload: announced(new Uint8Array(16), 9) });
	expect(await server.expect("fetch")).toMatchObject({ payload: 9 });
});

test("a damaged download is refused, and fetched from its start on the next connection", async () => {
	const client = new TestClient();
	const first = await client.welcome();
	first.say(taskOf("1", announced(input, 1)));
	await serve(first, input.toReversed());
	expect(await first.expect("error")).toMatchObject({ code: "FL_PROTOCOL_FRAME" });
	expect((await first.closed).code).toBe(1002);
	await client.timer.advance(0);
	const second = await client.welcome();
	second.say(taskOf("1", announced(input, 1)));
	expect(await serve(second)).toBe(0);
	expect(await collect(second)).toEqual(expected.payload);
});

const model = new Uint8Array(Float32Array.of(2.5, 0, 0, 0).buffer);
const evaluate = { type: "evaluate", id: "e1", round: 4, payload: announced(model, 1) } as const;

test("a model is evaluated on the client's own examples", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(evaluate);
	await serve(server, model);
	const answer = { type: "evaluation", id: "e1", lossSum: 2.5, numCorrect: 1, numExamples: 2 };
	expect(await server.expect("evaluation")).toEqual(answer);
	server.cut();
	await client.timer.advance(0);
	const again = await client.welcome();
	again.say(evaluate);
	expect(await again.expect("evaluation")).toEqual(answer);
});

test("a loss that is not finite is told as null, and a model of another size fails", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	const diverged = new Uint8Array(Float32Array.of(Number.NaN, 0, 0, 0).buffer);
	server.say({ ...evaluate, payload: announced(diverged, 1) });
	await serve(server, diverged);
	expect(await server.expect("evaluation")).toMatchObject({ lossSum: null });
	server.say({ ...evaluate, id: "e2", payload: announced(input, 2) });
	await serve(server);
	expect(await server.expect("failed")).toMatchObject({ task: "e2", code: "FL_WIRE_DIMENSION" });
});

test.each([
	["a fetch of what was never announced", { type: "fetch", payload: 5, offset: 0 }],
	["an answer to no call", { type: "answer", task: "1", call: 1, payload: announced(input, 1) }],
] as const)("%s is out of turn", async (_, message) => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say(message);
	expect(await server.expect("error")).toMatchObject({ code: "FL_PROTOCOL_ORDER" });
	expect((await server.closed).code).toBe(1002);
});

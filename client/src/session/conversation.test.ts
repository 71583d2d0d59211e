import { FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { settle } from "./manual-timer.fixture.ts";
import type { ServerEnd } from "./memory-network.fixture.ts";
import { announced, TestClient, taskOf } from "./test-client.fixture.ts";

const input = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
const converse = (payload: number) => ({ ...taskOf("1", announced(input, payload)), task: "converse" });

/** Hears the next question. */
async function hear(server: ServerEnd, call: number): Promise<Uint8Array> {
	const question = await server.expect("call");
	expect(question).toMatchObject({ task: "1", call, service: "body" });
	server.say({ type: "fetch", payload: question.payload.id, offset: 0 });
	return await server.chunks(question.payload.bytes);
}

/** Answers it with `bytes`, as payload `id`; returns from where the client fetched. */
async function answer(server: ServerEnd, call: number, { id, bytes }: { id: number; bytes: Uint8Array }) {
	server.say({ type: "answer", task: "1", call, payload: announced(bytes, id) });
	const { payload, offset } = await server.expect("fetch");
	expect(payload).toBe(id);
	return offset;
}

async function begin(server: ServerEnd): Promise<void> {
	server.say(converse(1));
	await server.expect("fetch");
	server.sendChunk(1, 0, input);
}

test("a task asks, hears the answer and goes on with it", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	await begin(server);
	expect(await hear(server, 1)).toEqual(input);
	const first = Uint8Array.of(10, 20);
	await answer(server, 1, { id: 2, bytes: first });
	server.sendChunk(2, 0, first);
	expect(await hear(server, 2)).toEqual(first);
	const second = Uint8Array.of(30, 40, 50);
	await answer(server, 2, { id: 3, bytes: second });
	server.sendChunk(3, 0, second);
	const { payload } = await server.expect("result");
	server.say({ type: "fetch", payload: payload.id, offset: 0 });
	expect(await server.chunks(3)).toEqual(second);
});

test("a conversation that was cut goes on with the same question, and the rest of the answer", async () => {
	const client = new TestClient();
	const first = await client.welcome();
	await begin(first);
	await hear(first, 1);
	const bytes = Uint8Array.of(10, 20, 30, 40);
	await answer(first, 1, { id: 2, bytes });
	first.sendChunk(2, 0, bytes.subarray(0, 3));
	await settle();
	first.cut();
	await client.timer.advance(0);
	const second = await client.welcome();
	second.say(converse(1));
	expect(await second.expect("call")).toMatchObject({ call: 1 });
	expect(await answer(second, 1, { id: 2, bytes })).toBe(3);
	second.sendChunk(2, 3, bytes.subarray(3));
	expect(await hear(second, 2)).toEqual(bytes);
	expect(client.place.requests).toHaveLength(1);
});

test("an answer to a question that was not asked ends the connection", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	await begin(server);
	await hear(server, 1);
	server.say({ type: "answer", task: "1", call: 2, payload: announced(input, 2) });
	expect((await server.closed).code).toBe(1002);
});

test("a task that is withdrawn asks no more", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	await begin(server);
	await hear(server, 1);
	server.say({ type: "withdraw", id: "1", reason: "the deadline" });
	server.say({ ...taskOf("2", announced(input, 2)) });
	expect(await server.expect("fetch")).toMatchObject({ payload: 2 });
	server.sendChunk(2, 0, input);
	expect(await server.expect("result")).toMatchObject({ task: "2" });
});

test("a question that the server has forgotten keeps nothing else waiting", async () => {
	const client = new TestClient();
	const first = await client.welcome();
	await begin(first);
	await hear(first, 1);
	first.cut();
	await client.timer.advance(0);
	const second = await client.welcome();
	const model = new Uint8Array(16);
	second.say({ type: "evaluate", id: "e", round: 2, payload: announced(model, 1) });
	await second.expect("fetch");
	for (let offset = 0; offset < 16; offset += 4)
		second.sendChunk(1, offset, model.subarray(offset, offset + 4));
	expect(await second.expect("evaluation")).toMatchObject({ id: "e", lossSum: 0 });
});

test("a task fails of an answer for which there is no memory, and the client stays", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	await begin(server);
	await hear(server, 1);
	client.place.noMemory = new FlSimError("FL_CLIENT_MEMORY", "no memory");
	server.say({ type: "answer", task: "1", call: 1, payload: { id: 2, bytes: 2 ** 32, crc32: 0 } });
	expect(await server.expect("failed")).toMatchObject({ task: "1", code: "FL_CLIENT_MEMORY" });
	expect(server.isOpen).toBe(true);
});

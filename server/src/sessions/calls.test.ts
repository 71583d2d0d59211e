import { crc32 } from "node:zlib";
import { type AnyAlgorithm, type Service, vector } from "@fl-sim/core";
import { expect, test } from "vitest";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { fedavg, goodAnswer, smallFederation } from "./small-federation.fixture.ts";

const settled = () => new Promise(setImmediate);
const body: Service = {
	name: "body",
	ask: () => ({ activations: vector }),
	answer: () => ({ gradient: vector }),
};
const { train } = fedavg.tasks;
const talkative: AnyAlgorithm = {
	...fedavg,
	tasks: { train: { ...(train as NonNullable<typeof train>), services: [body] } },
};
const question = Uint8Array.from({ length: 24 }, (_, i) => i);

/** A client in the middle of a task whose questions are answered by their bytes plus one. */
async function conversing() {
	const asked: string[] = [];
	const federation = smallFederation({ algorithm: talkative });
	const client = new ScriptedClient(federation.sessions);
	await client.join(3);
	const reply = federation.train(3, 1, (service, ask) => {
		asked.push(service);
		return Promise.resolve(ask.map((byte) => byte + 1));
	});
	return { ...federation, client, reply, asked };
}

function call(
	client: ScriptedClient,
	number: number,
	{ id, bytes = question }: { id: number; bytes?: Uint8Array },
) {
	const payload = { id, bytes: bytes.length, crc32: crc32(bytes) };
	client.say({ type: "call", task: "1.1.train", call: number, service: "body", payload });
}

async function ask(client: ScriptedClient, number: number, id: number): Promise<void> {
	call(client, number, { id });
	client.send(id, 0, question.subarray(0, 16));
	client.send(id, 16, question.subarray(16));
	await settled();
}

/** Fetches what was announced as the answer. */
async function answerTo(client: ScriptedClient): Promise<Uint8Array> {
	const { payload } = client.last("answer") ?? { payload: { id: 0 } };
	client.chunks.length = 0;
	client.say({ type: "fetch", payload: payload.id, offset: 0 });
	await settled();
	return Buffer.concat(client.chunks.map(({ data }) => data));
}

const expected = Buffer.from(question.map((byte) => byte + 1));

test("a task's question is fetched, answered, and the answer can be fetched", async () => {
	const { client, reply, asked } = await conversing();
	await ask(client, 1, 1);
	expect(client.last("answer")).toMatchObject({ task: "1.1.train", call: 1 });
	expect(await answerTo(client)).toEqual(expected);
	await ask(client, 2, 2);
	expect(asked).toEqual(["body", "body"]);
	client.result("1.1.train", goodAnswer, { id: 3 });
	client.send(3, 0, goodAnswer.subarray(0, 16));
	client.send(3, 16, goodAnswer.subarray(16));
	expect(await reply).toMatchObject({ status: "replied" });
});

test("the last question may be asked again on another connection, and is not answered twice", async () => {
	const { sessions, client, asked } = await conversing();
	await ask(client, 1, 1);
	sessions.ended(client.session, 1006);
	const again = new ScriptedClient(sessions);
	await again.join(3);
	call(again, 1, { id: 1 });
	await settled();
	expect(again.last("fetch")).toBeUndefined();
	expect(await answerTo(again)).toEqual(expected);
	expect(asked).toEqual(["body"]);
});

test("a conversation that begins anew loses the client for the round", async () => {
	const { client, reply, losses } = await conversing();
	await ask(client, 1, 1);
	await ask(client, 2, 2);
	call(client, 1, { id: 3 });
	expect(await reply).toEqual({ status: "lost", reason: "failed" });
	expect(losses).toEqual(["question 1 after question 2"]);
});

test("a question that is longer than any can be ends the connection", async () => {
	const { client } = await conversing();
	call(client, 1, { id: 1, bytes: new Uint8Array(25) });
	expect(client.closed?.code).toBe(1009);
});

test("a service that cannot answer loses the client for the round, and says why", async () => {
	const { sessions, train: give, losses } = smallFederation({ algorithm: talkative });
	const client = new ScriptedClient(sessions);
	await client.join(3);
	const reply = give(3, 1, () => Promise.reject(new Error("the body is broken")));
	await ask(client, 1, 1);
	expect(await reply).toEqual({ status: "lost", reason: "failed" });
	expect(losses).toEqual(["the body is broken"]);
});

import { FlSimError } from "@fl-sim/core";
import { checkProof, createToken, helloTranscript, proveToken, storedKeyOf } from "@fl-sim/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { answer, goodAnswer, parameters, smallFederation } from "./small-federation.fixture.ts";

/** Waits for everything that was promised to happen. */
const settled = () => new Promise(setImmediate);

describe("a session", () => {
	test("is challenged, welcomed with the run, and counts as there once it is ready", async () => {
		const { sessions } = smallFederation();
		const client = new ScriptedClient(sessions);
		expect(client.last("challenge")).toMatchObject({ protocol: 1, authentication: "none" });
		client.hello(3);
		await settled();
		expect(client.last("welcome")).toMatchObject({
			client: 3,
			run: "run-1",
			backend: "wasm",
			chunkBytes: 16,
		});
		expect(sessions.present()).toEqual([]);
		client.say({ type: "ready", backendVersion: "1", parameters, trainExamples: 20, testExamples: 5 });
		expect(sessions.present()).toEqual([3]);
		expect(sessions.connected).toBe(1);
	});

	test("of another version of the protocol is refused with both versions named", () => {
		const { sessions, refusals } = smallFederation();
		const client = new ScriptedClient(sessions);
		client.hello(3, { protocol: 7 });
		expect(client.last("error")).toMatchObject({ code: "FL_PROTOCOL_VERSION" });
		expect(client.last("error")?.message).toMatch(/version 1 .* version 7/);
		expect(client.closed?.code).toBe(1002);
		expect(refusals).toHaveLength(1);
	});

	test("that names a field nobody knows is told so in words that no terminal obeys", () => {
		const { sessions, refusals } = smallFederation();
		const client = new ScriptedClient(sessions);
		const unknown: object = { "\u001b[2J\n": 1 };
		client.hello(3, unknown);
		expect(client.closed?.code).toBe(1007);
		expect(refusals[0]?.message).toContain("\\u001b[2J\\u000a");
		expect(client.last("error")?.message).toBe(refusals[0]?.message);
	});

	test.each([
		["a client that the scenario has not", { client: 10 }, /there is no client 10/],
		["a backend that is not the run's", { backends: ["cpu"] }, /backend wasm, client 3 has cpu/],
	])("of %s is refused", async (_, change, message) => {
		const { sessions } = smallFederation();
		const client = new ScriptedClient(sessions);
		client.hello("client" in change ? change.client : 3, change);
		await settled();
		expect(client.last("error")).toMatchObject({
			code: "FL_SESSION_REFUSED",
			message: expect.stringMatching(message),
		});
		expect(client.closed?.code).toBe(1008);
		expect(client.last("welcome")).toBeUndefined();
	});

	test("whose certificate is made out to another client is refused", async () => {
		const { sessions } = smallFederation();
		const client = new ScriptedClient(sessions, 4);
		client.hello(3);
		await settled();
		expect(client.last("error")?.message).toMatch(/certificate is made out to client 4/);
	});

	test.each([
		["another model", { parameters: parameters + 1 }, /has 7 parameters, expected 6/],
		["more examples than anybody may have", { trainExamples: 1_000_000 }, /more than 1000/],
	])("with %s is refused", async (_, ready, message) => {
		const { sessions } = smallFederation();
		const client = new ScriptedClient(sessions);
		await client.join(3, ready);
		expect(client.last("error")?.message).toMatch(message);
		expect(sessions.present()).toEqual([]);
	});

	test("takes over from an older one of the same client, and goes on with its work", async () => {
		const { sessions, train } = smallFederation();
		const older = new ScriptedClient(sessions);
		await older.join(3);
		const reply = train(3);
		const newer = new ScriptedClient(sessions);
		await newer.join(3);
		expect(older.last("error")?.message).toMatch(/another connection of client 3/);
		expect(newer.last("task")?.id).toBe(older.last("task")?.id);
		newer.result(newer.last("task")?.id ?? "", goodAnswer);
		newer.send(1, 0, goodAnswer.subarray(0, 16));
		newer.send(1, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ status: "replied", payload: goodAnswer });
	});

	test("that is ready only after a newer one of the same client is refused, and the newer one stays", async () => {
		const { sessions } = smallFederation();
		const older = new ScriptedClient(sessions);
		older.hello(3);
		await settled();
		const newer = new ScriptedClient(sessions);
		await newer.join(3);
		older.say({ type: "ready", backendVersion: "1", parameters, trainExamples: 20, testExamples: 5 });
		expect(older.last("error")?.message).toMatch(/another connection of client 3/);
		expect(older.closed?.code).toBe(1008);
		expect(newer.closed).toBeUndefined();
		expect(sessions.connected).toBe(1);
	});
});

describe("tokens", () => {
	async function withToken() {
		const token = createToken(3);
		const storedKey = await storedKeyOf(token);
		const federation = smallFederation({
			authentication: "token",
			checkToken: async ({ client, transcript, proof }) =>
				client === 3 && (await checkProof(storedKey, transcript, proof)),
		});
		return { ...federation, token };
	}

	async function helloWith(client: ScriptedClient, token: string, number = 3): Promise<string> {
		const serverNonce = client.last("challenge")?.nonce ?? "";
		const clientNonce = "c".repeat(32);
		const transcript = helloTranscript({ serverNonce, clientNonce, client: number });
		const proof = await proveToken(token, transcript);
		client.hello(number, { nonce: clientNonce, proof });
		return proof;
	}

	test("let the client in that they were issued to", async () => {
		const { sessions, token } = await withToken();
		const client = new ScriptedClient(sessions);
		await helloWith(client, token);
		await expect.poll(() => client.last("welcome")).toMatchObject({ client: 3 });
	});

	test("of nobody, of another client, or replayed from another connection are refused, and logged once", async () => {
		const { sessions, token, refusals } = await withToken();
		const first = new ScriptedClient(sessions);
		const proof = await helloWith(first, token);
		await expect.poll(() => first.last("welcome")).toBeDefined();
		const replayed = new ScriptedClient(sessions);
		replayed.hello(3, { nonce: "c".repeat(32), proof });
		await expect.poll(() => replayed.closed?.code).toBe(1008);
		const stranger = new ScriptedClient(sessions);
		await helloWith(stranger, createToken(3));
		await expect.poll(() => stranger.closed?.code).toBe(1008);
		const impostor = new ScriptedClient(sessions);
		await helloWith(impostor, token, 4);
		await expect.poll(() => impostor.closed?.code).toBe(1008);
		const silent = new ScriptedClient(sessions);
		silent.hello(3);
		await expect.poll(() => silent.closed?.code).toBe(1008);
		expect(refusals.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => "FL_SESSION_REFUSED"));
		expect(refusals.map(({ message }) => message).join()).not.toContain(token.slice(8));
	});

	test("that the server cannot check end the session for now, and its reason is for the log alone", async () => {
		const { sessions, refusals } = smallFederation({
			authentication: "token",
			checkToken: () => Promise.reject(new FlSimError("FL_TOKENS_FILE", "/srv/tokens.json: cannot be read")),
		});
		const client = new ScriptedClient(sessions);
		client.hello(3, { proof: "p".repeat(43) });
		await expect.poll(() => client.closed).toEqual({ code: 1011, reason: "FL_SESSION_LOST" });
		expect(client.last("error")).toEqual({
			type: "error",
			code: "FL_SESSION_LOST",
			message: "the server failed; its log tells more",
		});
		expect(refusals.map(({ message }) => message)).toEqual(["/srv/tokens.json: cannot be read"]);
	});

	test("that are revoked end the session", async () => {
		const { sessions, token } = await withToken();
		const client = new ScriptedClient(sessions);
		await helloWith(client, token);
		await expect.poll(() => client.last("welcome")).toBeDefined();
		sessions.expel(3);
		expect(client.last("error")?.message).toMatch(/revoked/);
	});
});

describe("an answer", () => {
	async function working(change: Parameters<typeof smallFederation>[0] = {}) {
		const federation = smallFederation(change);
		const client = new ScriptedClient(federation.sessions);
		await client.join(3);
		const reply = federation.train(3);
		return { ...federation, client, reply, task: client.last("task")?.id ?? "" };
	}

	test("is fetched from where it broke off, on the next connection", async () => {
		const { sessions, client, reply, task } = await working();
		client.result(task, goodAnswer);
		expect(client.last("fetch")).toEqual({ type: "fetch", payload: 1, offset: 0 });
		client.send(1, 0, goodAnswer.subarray(0, 16));
		sessions.ended(client.session, 1006);
		const again = new ScriptedClient(sessions);
		await again.join(3);
		expect(again.last("task")?.id).toBe(task);
		again.result(task, goodAnswer, { id: 9 });
		expect(again.last("fetch")).toEqual({ type: "fetch", payload: 9, offset: 16 });
		again.send(9, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ status: "replied", payload: goodAnswer });
		expect(again.last("receipt")).toEqual({ type: "receipt", task, status: "counted" });
	});

	test("counts once, whatever is sent again", async () => {
		const { client, reply, task } = await working();
		client.result(task, goodAnswer);
		client.send(1, 0, goodAnswer.subarray(0, 16));
		client.send(1, 16, goodAnswer.subarray(16));
		await reply;
		client.result(task, answer([9, 9, 9, 9, 9, 9]), { id: 2 });
		expect(client.last("receipt")).toMatchObject({ task, status: "duplicate" });
		expect(await reply).toMatchObject({ payload: goodAnswer });
	});

	test("to a task of another round changes nothing", async () => {
		const { client, task, reply } = await working();
		client.result("7.1.train", goodAnswer);
		expect(client.last("receipt")).toMatchObject({ status: "rejected", reason: "nobody asked for it" });
		expect(client.last("fetch")).toBeUndefined();
		client.result(task, goodAnswer, { id: 2 });
		client.send(2, 0, goodAnswer.subarray(0, 16));
		client.send(2, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ status: "replied" });
	});

	test.each([
		["NaN", answer([1, Number.NaN, 3, 4, 5, 6]), /delta\[1\] is NaN/],
		["infinity", answer([1, 2, 3, 4, 5, Number.NEGATIVE_INFINITY]), /delta\[5\] is -Infinity/],
		[
			"a lying example count",
			answer([1, 2, 3, 4, 5, 6], 4_000_000_000),
			/is 4000000000, but the client has 20/,
		],
		["no examples", answer([1, 2, 3, 4, 5, 6], 0), /numExamples is 0/],
		["the wrong shape", goodAnswer.slice(0, 24), /24 bytes, expected 28/],
	])("with %s is rejected, and the client is lost for the round", async (_, bytes, problem) => {
		const { client, reply, task, losses } = await working();
		client.result(task, bytes);
		for (let offset = 0; offset < bytes.length; offset += 16) {
			client.send(1, offset, bytes.subarray(offset, offset + 16));
		}
		expect(await reply).toEqual({ status: "lost", reason: "rejected" });
		expect(client.last("receipt")).toMatchObject({
			status: "rejected",
			reason: expect.stringMatching(problem),
		});
		expect(losses[0]).toMatch(problem);
		expect(client.closed).toBeUndefined();
	});

	test("that is longer than any can be is refused before any memory is taken", async () => {
		const { client, reply, task } = await working();
		client.say({
			type: "result",
			task,
			report: { trainLoss: 1, numExamples: 20, steps: 2 },
			keepsState: false,
			wallSeconds: 1,
			payload: { id: 1, bytes: 4_000_000_000, crc32: 0 },
		});
		expect(await reply).toEqual({ status: "lost", reason: "rejected" });
		expect(client.closed?.code).toBe(1009);
	});

	test.each([
		["out of order", 16, goodAnswer.subarray(16), 1002],
		["beyond the end", 0, new Uint8Array(64), 1009],
		["too small", 0, goodAnswer.subarray(0, 3), 1009],
		["of nothing that was fetched", 0, goodAnswer.subarray(0, 16), 1002],
	])(
		"with a chunk %s ends the connection, and can be sent again on the next",
		async (what, offset, data, code) => {
			const { sessions, client, reply, task } = await working();
			client.result(task, goodAnswer);
			client.send(what.startsWith("of nothing") ? 5 : 1, offset, data);
			expect(client.closed?.code).toBe(code);
			const again = new ScriptedClient(sessions);
			await again.join(3);
			again.result(task, goodAnswer);
			again.send(1, 0, goodAnswer.subarray(0, 16));
			again.send(1, 16, goodAnswer.subarray(16));
			expect(await reply).toMatchObject({ status: "replied", payload: goodAnswer });
		},
	);

	test("that is not what was announced ends the connection, and is fetched anew on the next", async () => {
		const { sessions, client, reply, task } = await working();
		client.result(task, goodAnswer);
		client.send(1, 0, goodAnswer.subarray(0, 16));
		client.send(1, 16, answer([0, 0, 0, 0, 0, 0]).subarray(16));
		expect(client.closed?.code).toBe(1002);
		const again = new ScriptedClient(sessions);
		await again.join(3);
		again.result(task, goodAnswer);
		expect(again.last("fetch")).toMatchObject({ offset: 0 });
		again.send(1, 0, goodAnswer.subarray(0, 16));
		again.send(1, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ payload: goodAnswer });
	});

	test("that comes after the deadline is late", async () => {
		const { client, reply, task } = await working({ deadlineSeconds: 0.02 });
		expect(await reply).toEqual({ status: "lost", reason: "deadline" });
		expect(client.last("withdraw")).toMatchObject({ id: task });
		client.result(task, goodAnswer);
		expect(client.last("receipt")).toEqual({ type: "receipt", task, status: "late" });
	});

	test("that comes after the deadline is kept while the round has too few without it", async () => {
		vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
		onTestFinished(() => {
			vi.useRealTimers();
		});
		const { sessions, client, train, reply, task } = await working({
			deadlineSeconds: 30,
			answersBeforeDeadline: 1,
		});
		const other = new ScriptedClient(sessions);
		await other.join(4);
		const second = train(4);
		vi.advanceTimersByTime(31_000);
		expect(client.last("withdraw")).toBeUndefined();
		client.result(task, goodAnswer);
		client.send(1, 0, goodAnswer.subarray(0, 16));
		client.send(1, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ status: "replied" });
		expect(await second).toEqual({ status: "lost", reason: "deadline" });
	});

	test("that never comes from a client whose connection ended loses it after the grace", async () => {
		const { sessions, client, reply } = await working({ graceSeconds: 0.02 });
		sessions.ended(client.session, 1006);
		expect(sessions.present()).toEqual([3]);
		expect(await reply).toEqual({ status: "lost", reason: "disconnected" });
		expect(sessions.present()).toEqual([]);
	});

	test("is not waited for when enough others have answered", async () => {
		const { sessions, client, train, reply, task } = await working({ neededAnswers: 1 });
		const other = new ScriptedClient(sessions);
		await other.join(4);
		const second = train(4);
		client.result(task, goodAnswer);
		client.send(1, 0, goodAnswer.subarray(0, 16));
		client.send(1, 16, goodAnswer.subarray(16));
		expect(await reply).toMatchObject({ status: "replied" });
		expect(await second).toEqual({ status: "lost", reason: "surplus" });
		expect(other.last("withdraw")).toMatchObject({ id: task });
	});

	test("of a failed task loses the client, with its words in the log", async () => {
		const { client, reply, task, losses } = await working();
		client.say({ type: "failed", task, code: "FL_TRAINING_DIVERGED", message: "the loss is NaN" });
		expect(await reply).toEqual({ status: "lost", reason: "failed" });
		expect(losses).toEqual(["FL_TRAINING_DIVERGED: the loss is NaN"]);
	});
});

describe("clients' own states", () => {
	test("are those after the last counted task, also after a restart of the server", async () => {
		const before = smallFederation();
		const client = new ScriptedClient(before.sessions);
		await client.join(3);
		const first = before.train(3, 1);
		expect(client.last("task")).toMatchObject({ after: null, durable: null });
		client.result("1.1.train", goodAnswer, { keepsState: true });
		client.send(1, 0, goodAnswer.subarray(0, 16));
		client.send(1, 16, goodAnswer.subarray(16));
		await first;
		const snapshot = before.remote.clientStates.snapshot();
		void before.train(3, 2);
		expect(client.last("task")).toMatchObject({ id: "2.1.train", after: "1.1.train" });

		const after = smallFederation();
		after.remote.clientStates.restore(snapshot);
		const again = new ScriptedClient(after.sessions);
		await again.join(3);
		void after.train(3, 2);
		expect(again.last("task")).toMatchObject({ id: "2.1.train", after: "1.1.train" });
	});

	test("of a checkpoint that is not a server's are refused", () => {
		const { remote } = smallFederation();
		expect(() => remote.clientStates.restore({ clients: Uint32Array.of(1), states: [] })).toThrow(FlSimError);
	});
});

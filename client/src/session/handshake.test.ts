import { crc32 } from "node:zlib";
import { FlSimError } from "@fl-sim/core";
import { checkProof, createToken, encodeControlFrame, helloTranscript, storedKeyOf } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import { announced, challenge, TestClient, taskOf, welcome } from "./test-client.fixture.ts";

test("a client says who it is and what it can compute with, opens what it is told to, and is ready", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	server.say(challenge);
	const hello = await server.expect("hello");
	expect(hello).toMatchObject({ protocol: 1, software: "test 1", client: 3, backends: ["wasm", "cpu"] });
	expect(hello.proof).toBeUndefined();
	server.say(welcome);
	expect(await server.expect("ready")).toEqual({
		type: "ready",
		backendVersion: "1.0",
		parameters: 4,
		trainExamples: 8,
		testExamples: 2,
	});
	expect(client.assignments).toMatchObject([
		{ client: 3, scenario: { name: "test" }, backend: "wasm", data: welcome.data },
	]);
	server.say({ type: "goodbye", reason: "finished" });
	expect(await client.ended).toBe("finished");
	expect((await server.closed).code).toBe(1000);
	expect(client.place.isDisposed).toBe(true);
});

test("a client proves that it holds its token, with a nonce of its own", async () => {
	const token = createToken(3);
	const nonces = new Set<string>();
	const client = new TestClient({ token });
	for (let connection = 0; connection < 2; connection++) {
		const server = await client.network.accept();
		server.say({ ...challenge, authentication: "token" });
		const { proof, nonce } = await server.expect("hello");
		nonces.add(nonce);
		const transcript = helloTranscript({ serverNonce: challenge.nonce, clientNonce: nonce, client: 3 });
		expect(await checkProof(await storedKeyOf(token), transcript, proof ?? "")).toBe(true);
		server.cut();
		await client.timer.advance(0);
	}
	expect(nonces.size).toBe(2);
});

test("a client without a token ends where one is asked for", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	server.say({ ...challenge, authentication: "token" });
	await expect(client.ended).rejects.toMatchObject({
		code: "FL_SESSION_REFUSED",
		fix: expect.stringContaining("--token-file") as unknown,
	});
	expect(await server.expect("error")).toMatchObject({ code: "FL_SESSION_REFUSED" });
});

test("a server of another version is named, with both versions, whatever else it says", async () => {
	for (const message of [
		{ ...challenge, protocol: 7 },
		{ type: "challenge", protocol: 7, greeting: "hi" },
	]) {
		const client = new TestClient();
		const server = await client.network.accept();
		server.sendFrame(encodeControlFrame(JSON.stringify(message), crc32));
		await expect(client.ended).rejects.toMatchObject({
			code: "FL_PROTOCOL_VERSION",
			exitCode: 2,
			message: "the server speaks version 7 of the protocol, this client speaks version 1",
		});
		expect((await server.closed).code).toBe(1002);
	}
});

test("a server that refuses a client ends it, with the server's reason and fix", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	server.say(challenge);
	await server.expect("hello");
	server.say({ type: "error", code: "FL_SESSION_REFUSED", message: "client 3 took over", fix: "Stop one." });
	server.close(1008, "FL_SESSION_REFUSED");
	await expect(client.ended).rejects.toMatchObject({
		code: "FL_SESSION_REFUSED",
		message: "client 3 took over",
		fix: "Stop one.",
	});
});

test("a server that refuses with a close code alone ends the client too", async () => {
	const client = new TestClient();
	(await client.network.accept()).close(1008, "not you");
	await expect(client.ended).rejects.toMatchObject({
		code: "FL_SESSION_REFUSED",
		message: expect.stringContaining("not you") as unknown,
	});
});

test("a client whose data are wrong tells the server and ends with that error", async () => {
	const client = new TestClient();
	client.opening = () => Promise.reject(new FlSimError("FL_DATA_MISSING", "no files", { fix: "Get them." }));
	const server = await client.network.accept();
	server.say(challenge);
	await server.expect("hello");
	server.say(welcome);
	expect(await server.expect("error")).toMatchObject({ code: "FL_DATA_MISSING", message: "no files" });
	await expect(client.ended).rejects.toMatchObject({ code: "FL_DATA_MISSING", fix: "Get them." });
});

test("data and model are opened once, and again only for another run, scenario or backend", async () => {
	const client = new TestClient();
	const changes = [
		{ scenario: { name: "test", backend: "auto" } },
		// What a server says that goes on with the run.
		{ scenario: { name: "test", backend: "wasm" } },
		{ run: "run-2", scenario: { name: "test", backend: "wasm" } },
		{ run: "run-2", backend: "cpu" },
		{ scenario: { name: "other" } },
	];
	for (const change of changes) {
		(await client.welcome(change)).cut();
		await client.timer.advance(0);
	}
	expect(client.assignments.map(({ scenario, backend }) => [scenario["name"], backend])).toEqual([
		["test", "wasm"],
		["test", "cpu"],
		["other", "wasm"],
	]);
	expect(client.places.map(({ isDisposed }) => isDisposed)).toEqual([true, true, false]);
});

test("a connection that breaks while data are opened does not open them twice", async () => {
	const client = new TestClient();
	const opened = Promise.withResolvers<void>();
	client.opening = () => opened.promise;
	for (let connection = 0; connection < 3; connection++) {
		const server = await client.network.accept();
		server.say(challenge);
		await server.expect("hello");
		server.say(welcome);
		if (connection === 2) {
			opened.resolve();
			await server.expect("ready");
		} else {
			server.cut();
			await client.timer.advance(0);
		}
	}
	expect(client.assignments).toHaveLength(1);
});

const payload = announced(Uint8Array.of(1, 2, 3), 1);

test.each([
	["a welcome before the challenge", [welcome]],
	["a second challenge", [challenge, challenge]],
	["the welcome of another client", [challenge, { ...welcome, client: 4 }]],
	["a task before the client is ready", [challenge, welcome, taskOf("1", payload)]],
	["a fetch before the client is ready", [challenge, welcome, { type: "fetch", payload: 1, offset: 0 }]],
] as const)("%s is out of turn, and the client tries again", async (_, messages) => {
	const client = new TestClient();
	client.opening = () => new Promise(() => undefined);
	const server = await client.network.accept();
	for (const message of messages) server.say(message);
	expect((await server.closed).code).toBe(1002);
	await client.timer.advance(0);
	expect((await client.network.accept()).isOpen).toBe(true);
});

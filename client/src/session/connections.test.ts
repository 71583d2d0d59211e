import { crc32 } from "node:zlib";
import { FlSimError } from "@fl-sim/core";
import { decodeFrame, encodeControlFrame } from "@fl-sim/protocol";
import { describe, expect, test } from "vitest";
import { BackOff } from "./back-off.ts";
import { ManualTimer, settle } from "./manual-timer.fixture.ts";
import { MemoryNetwork, type ServerEnd } from "./memory-network.fixture.ts";
import { announced, challenge, MemoryStore, TestClient, taskOf, welcome } from "./test-client.fixture.ts";

test("waits double from half a second to half a minute, are drawn at random, and are short again after a good connection", () => {
	const longest = new BackOff(() => 1);
	const waits = Array.from({ length: 9 }, () => longest.next());
	expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
	longest.connectionEnded({ milliseconds: 9_999, wasUseful: false });
	expect(longest.next()).toBe(30_000);
	longest.connectionEnded({ milliseconds: 10_000, wasUseful: false });
	expect(longest.next()).toBe(500);
	expect(longest.next()).toBe(1000);
	longest.connectionEnded({ milliseconds: 1, wasUseful: true });
	expect(longest.next()).toBe(500);
	expect(new BackOff(() => 0.25).next()).toBe(125);
});

test("a server that cannot be reached is tried again and again, and the user is told once", async () => {
	const network = new MemoryNetwork();
	const attempts: number[] = [];
	const timer = new ManualTimer();
	const client = new TestClient({
		timer,
		random: () => 0.5,
		transport: {
			async connect(signal) {
				attempts.push(timer.now());
				if (attempts.length < 6) throw new Error("cannot be reached (ECONNREFUSED)");
				return await network.transport.connect(signal);
			},
		},
	});
	await timer.advance(250 + 500 + 1000 + 2000 + 4000);
	expect(attempts).toEqual([0, 250, 750, 1750, 3750, 7750]);
	expect(client.lines).toEqual(["client 3: cannot be reached (ECONNREFUSED); trying again until it works"]);
	const server = await network.accept();
	server.say(challenge);
	await server.expect("hello");
});

test("a client gives up when there was no connection for too long", async () => {
	const client = new TestClient({ random: () => 0.5, giveUpAfterSeconds: 40 });
	(await client.welcome()).cut();
	client.network.failure = new Error("nobody there");
	await client.timer.advance(39_999);
	expect(client.lines.at(-1)).toContain("trying again");
	await client.timer.advance(1);
	await expect(client.ended).rejects.toMatchObject({
		code: "FL_SESSION_LOST",
		exitCode: 1,
		message: "client 3 had no connection to the server for 40 s: nobody there",
	});
});

test("a failure that waiting cannot mend ends the client at once", async () => {
	const client = new TestClient({
		transport: {
			connect: () => Promise.reject(new FlSimError("FL_CERTIFICATE", "expired")),
		},
	});
	await expect(client.ended).rejects.toMatchObject({ code: "FL_CERTIFICATE" });
});

test("a client that is told to come later comes later, whatever the reason", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	server.say({ type: "error", code: "FL_SESSION_REFUSED", message: "too many clients" });
	server.close(1013, "try again later");
	await client.timer.advance(0);
	const next = await client.network.accept();
	expect(next.isOpen).toBe(true);
	expect(client.timer.numWaiting).toBe(1); // for the welcome; nothing is left of the first connection
});

test("an error message of the server that no end follows ends the session", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	server.say({ type: "error", code: "FL_SESSION_REFUSED", message: "not you" });
	await client.timer.advance(1999);
	expect(server.isOpen).toBe(true);
	await client.timer.advance(1);
	await expect(client.ended).rejects.toMatchObject({ code: "FL_SESSION_REFUSED", message: "not you" });
});

test.each([
	["FL_PROTOCOL_FRAME", 1002],
	["FL_SESSION_LOST", 1011],
	["FL_OF_ANOTHER_VERSION", 1011],
])("after %s the client connects again", async (code, closeCode) => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say({ type: "error", code, message: "something went wrong" });
	server.close(closeCode, code);
	await client.timer.advance(0);
	expect(client.lines.at(-1)).toContain("something went wrong");
	await client.welcome();
});

test("a client that floods the server ends, since it would do so again", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say({ type: "error", code: "FL_SESSION_FLOOD", message: "far more messages than a client needs" });
	server.close(1008, "FL_SESSION_FLOOD");
	await expect(client.ended).rejects.toMatchObject({ code: "FL_SESSION_FLOOD", exitCode: 1 });
});

test("frames that are damaged, and messages that are none, end the connection and not the client", async () => {
	const bad: readonly [Uint8Array, number][] = [
		[Uint8Array.of(1, 2, 3), 1002],
		[encodeControlFrame('{"type":"nonsense"}', crc32), 1007],
		[encodeControlFrame('{"type":"heartbeat","__proto__":1}', crc32), 1007],
	];
	const client = new TestClient();
	for (const [frame, code] of bad) {
		const server = await client.welcome();
		server.sendFrame(frame);
		expect(await server.expect("error")).toBeDefined();
		expect((await server.closed).code).toBe(code);
		await client.timer.advance(0);
	}
});

test("signs of life are sent after a silent interval, while data are opened and while a task is played", async () => {
	const client = new TestClient();
	const opened = Promise.withResolvers<void>();
	client.opening = () => opened.promise;
	client.onPlace = (place) => {
		place.gate = () => new Promise(() => undefined);
	};
	const server = await client.network.accept();
	server.say(challenge);
	server.say(welcome);
	const beats = countBeats(client);
	for (let second = 0; second < 80; second += 10) {
		server.say({ type: "heartbeat" });
		await client.timer.advance(10_000);
	}
	expect(beats()).toBe(4);
	opened.resolve();
	await settle();
	const input = Uint8Array.of(1);
	server.say(taskOf("1", announced(input, 1)));
	await settle();
	server.sendChunk(1, 0, input);
	await settle();
	expect(client.place.requests).toHaveLength(1);
	const before = beats();
	for (let second = 0; second < 100; second += 20) {
		server.say({ type: "heartbeat" });
		await client.timer.advance(20_000);
	}
	expect(beats() - before).toBe(5);
});

/** Counts heartbeats among the frames that pass, in both directions; the test's own are not counted. */
function countBeats(client: TestClient): () => number {
	let beats = 0;
	client.network.onClientFrame = (bytes) => {
		const frame = decodeFrame(bytes, crc32);
		if (frame.kind === "control" && frame.text.includes('"heartbeat"')) beats += 1;
	};
	return () => beats;
}

test("a server that says nothing for two and a half intervals counts as dead", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	await client.timer.advance(49_999);
	expect(server.isOpen).toBe(true);
	await client.timer.advance(1);
	expect(server.isOpen).toBe(false);
	expect(client.lines.at(-1)).toContain("said nothing for 50 s");
	await client.timer.advance(0);
	await client.welcome();
});

test("a server that never welcomes is left after a while", async () => {
	const client = new TestClient();
	const server = await client.network.accept();
	await client.timer.advance(20_000);
	expect(server.isOpen).toBe(false);
	await client.timer.advance(0);
	expect((await client.network.accept()).isOpen).toBe(true);
});

test("a client that leaves says goodbye, wherever it is", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	client.leave();
	expect(await server.expect("goodbye")).toBeDefined();
	expect((await server.closed).code).toBe(1000);
	expect(await client.ended).toBe("left");
	expect(client.place.isDisposed).toBe(true);
	expect(client.timer.numWaiting).toBe(0);

	const waiting = new TestClient({ random: () => 1 });
	(await waiting.network.accept()).cut();
	await settle();
	waiting.leave();
	expect(await waiting.ended).toBe("left");
	expect(waiting.timer.numWaiting).toBe(0);
});

test.each(["finished", "stopped", "failed"] as const)("a run that is %s ends the client", async (reason) => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say({ type: "goodbye", reason });
	expect(await client.ended).toBe(reason);
	expect(client.timer.numWaiting).toBe(0);
});

test("time stands still in a test until it is moved", async () => {
	const timer = new ManualTimer();
	const calls: number[] = [];
	timer.after(5, () => calls.push(timer.now()));
	timer.after(2, () => calls.push(timer.now()))();
	timer.after(3, () => timer.after(1, () => calls.push(timer.now())));
	await timer.advance(4);
	expect(calls).toEqual([4]);
	await timer.advance(1);
	expect(calls).toEqual([4, 5]);
});

test("a question that was being looked into when its connection broke is answered on the next one only", async () => {
	const store = new MemoryStore();
	const slow = Promise.withResolvers<void>();
	let isFirst = true;
	store.result = async () => {
		if (isFirst) {
			isFirst = false;
			await slow.promise;
		}
		return undefined;
	};
	const client = new TestClient({ store });
	const first = await client.welcome();
	const input = Uint8Array.of(1, 2);
	first.say(taskOf("1", announced(input, 1)));
	await settle();
	first.cut();
	await client.timer.advance(50_000); // what reads is still busy with the question
	const second = await client.welcome();
	second.say(taskOf("1", announced(input, 2)));
	expect(await second.expect("fetch")).toMatchObject({ payload: 2 });
	slow.resolve();
	await settle();
	second.sendChunk(2, 0, input);
	expect(await second.expect("result")).toMatchObject({ task: "1" });
});

describe("the wait before the next attempt", () => {
	/** A client whose waits are the longest, three of them behind it: the fourth would be 4 seconds. */
	async function oftenCut() {
		const client = new TestClient({ random: () => 1 });
		for (const wait of [500, 1000, 2000]) {
			(await client.network.accept()).cut();
			await client.timer.advance(wait);
		}
		return client;
	}

	/** How long the client waits after the end of a connection. */
	async function waitAfter(client: TestClient, server: ServerEnd): Promise<number> {
		const before = client.timer.now();
		server.cut();
		await settle();
		const next = client.network.accept().then(() => client.timer.now());
		await client.timer.advance(5000);
		return (await next) - before;
	}

	test.each([
		["goes on growing after a connection of less than ten seconds", 9_999, 4000],
		["is short after a connection of ten seconds", 10_000, 500],
	])("%s", async (_, milliseconds, wait) => {
		const client = await oftenCut();
		const server = await client.welcome();
		await client.timer.advance(milliseconds);
		expect(await waitAfter(client, server)).toBe(wait);
	});

	test("goes on growing after a connection without a welcome, however long", async () => {
		const client = await oftenCut();
		const server = await client.network.accept();
		await client.timer.advance(15_000);
		expect(await waitAfter(client, server)).toBe(4000);
	});

	test.each([
		["counted", 500],
		["rejected", 4000],
	] as const)("after a short connection on which an answer was %s is %d ms", async (status, wait) => {
		const client = await oftenCut();
		const server = await client.welcome();
		server.say({ type: "receipt", task: "1.1.train", status });
		await settle();
		expect(await waitAfter(client, server)).toBe(wait);
	});
});

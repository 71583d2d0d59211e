import { expect, test } from "vitest";
import { settle } from "./manual-timer.fixture.ts";
import type { ServerEnd } from "./memory-network.fixture.ts";
import { announced, TestClient, taskOf } from "./test-client.fixture.ts";

const nobodyThere = new Error("cannot be reached (ECONNREFUSED)");

/** Plays a task up to its receipt. */
async function playTask(server: ServerEnd): Promise<void> {
	const input = Uint8Array.of(1, 2);
	server.say(taskOf("4.1.train", announced(input, 1)));
	await server.expect("fetch");
	server.sendChunk(1, 0, input);
	await server.expect("result");
	server.say({ type: "receipt", task: "4.1.train", status: "counted" });
	await settle();
}

test("a server that is gone after the last round is looked for as long as it would wait for a client", async () => {
	const client = new TestClient({ random: () => 0.5 });
	const server = await client.welcome({ graceSeconds: 30 });
	server.say({ type: "ending" });
	await playTask(server);
	client.network.failure = nobodyThere;
	server.cut();
	await client.timer.advance(29_999);
	expect(client.lines.at(-1)).toContain("trying again for 30 s");
	await client.timer.advance(1);
	expect(await client.ended).toBe("gone");
	expect(client.lines.at(-1)).toContain("had no connection to the server for 30 s, and its part");
	expect(client.timer.numWaiting).toBe(0);
});

test("a short grace still leaves time for a few attempts, and a long one no more than the user gives", async () => {
	for (const [graceSeconds, seconds] of [
		[0, 5],
		[600, 40],
	] as const) {
		const client = new TestClient({ random: () => 0.5, giveUpAfterSeconds: 40 });
		const server = await client.welcome({ graceSeconds });
		server.say({ type: "ending" });
		await settle();
		client.network.failure = nobodyThere;
		server.cut();
		await client.timer.advance(1000 * seconds - 1);
		expect(client.lines.at(-1)).toContain("trying again");
		await client.timer.advance(1);
		expect(await client.ended).toBe("gone");
	}
});

test("a client that comes back after the last round hears how the run ended", async () => {
	const client = new TestClient();
	const server = await client.welcome();
	server.say({ type: "ending" });
	await settle();
	server.cut();
	await client.timer.advance(0);
	const again = await client.network.accept();
	again.say({ type: "challenge", protocol: 1, software: "s", nonce: "n".repeat(32), authentication: "none" });
	await again.expect("hello");
	again.say({ type: "goodbye", reason: "failed" });
	expect(await client.ended).toBe("failed");
});

/** What happens after the server said that the run is about to end, and means that the server may be back. */
const reasonsToWait: readonly [string, (server: ServerEnd, client: TestClient) => Promise<void>][] = [
	[
		"the server says that it restarts",
		async (server) => {
			server.close(1012, "closing");
			await settle();
		},
	],
	[
		"a task is still being played",
		async (server, client) => {
			client.place.gate = () => new Promise(() => undefined);
			const input = Uint8Array.of(1);
			server.say(taskOf("4.1.train", announced(input, 1)));
			await server.expect("fetch");
			server.sendChunk(1, 0, input);
			await settle();
			server.cut();
		},
	],
	[
		"it has welcomed the client again, and may have gone back",
		async (server, client) => {
			server.cut();
			await client.timer.advance(250);
			(await client.welcome()).cut();
		},
	],
];

test.each(reasonsToWait)("a server is waited for as long as the user says when %s", async (_, happens) => {
	const client = new TestClient({ giveUpAfterSeconds: 100, random: () => 0.5 });
	const server = await client.welcome();
	server.say({ type: "ending" });
	await settle();
	await happens(server, client);
	client.network.failure = nobodyThere;
	await client.timer.advance(99_000);
	expect(client.lines.at(-1)).toContain("trying again until it works");
	await client.timer.advance(1000);
	await expect(client.ended).rejects.toMatchObject({ code: "FL_SESSION_LOST" });
});

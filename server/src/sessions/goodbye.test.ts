import { ProtocolError } from "@fl-sim/protocol";
import { expect, onTestFinished, test, vi } from "vitest";
import { ScriptedClient } from "./scripted-client.fixture.ts";
import { smallFederation } from "./small-federation.fixture.ts";

const never = new AbortController().signal;
/** WebSocket close codes: as both sides agreed, and of a connection that broke. */
const [clean, broken] = [1000, 1006];

/** A federation with clients that are ready. */
async function gathered(...numbers: readonly number[]) {
	const federation = smallFederation();
	onTestFinished(() => federation.sessions.close());
	const clients: ScriptedClient[] = [];
	for (const number of numbers) {
		const client = new ScriptedClient(federation.sessions);
		await client.join(number);
		clients.push(client);
	}
	return { ...federation, clients };
}

async function hasEnded(end: Promise<void>): Promise<boolean> {
	let isOver = false;
	void end.then(() => {
		isOver = true;
	});
	await new Promise(setImmediate);
	return isOver;
}

test("a goodbye is waited for until each client has closed its connection", async () => {
	const { sessions, clients } = await gathered(3, 4);
	const farewell = sessions.goodbye("finished");
	const end = farewell.end(never);
	for (const client of clients) {
		expect(client.last("goodbye")).toEqual({ type: "goodbye", reason: "finished" });
		expect(await hasEnded(end)).toBe(false);
		sessions.ended(client.session, clean);
	}
	expect(await hasEnded(end)).toBe(true);
});

test("a client whose connection broke at the goodbye hears it when it comes back", async () => {
	const { sessions, clients } = await gathered(3);
	const farewell = sessions.goodbye("stopped");
	const end = farewell.end(never);
	for (const { session } of clients) sessions.ended(session, broken);
	expect(await hasEnded(end)).toBe(false);
	expect(farewell.numWaiting).toBe(1);
	const again = new ScriptedClient(sessions);
	again.hello(3);
	await new Promise(setImmediate);
	expect(again.heard.map(({ type }) => type)).toEqual(["challenge", "goodbye"]);
	expect(again.last("goodbye")?.reason).toBe("stopped");
	sessions.ended(again.session, clean);
	expect(await hasEnded(end)).toBe(true);
});

test("a client is waited for no longer than its grace", async () => {
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	onTestFinished(() => {
		vi.useRealTimers();
	});
	const { sessions, clients } = await gathered(3, 4);
	const [first, second] = clients as [ScriptedClient, ScriptedClient];
	sessions.ended(first.session, broken);
	vi.advanceTimersByTime(20_000);
	const end = sessions.goodbye("finished").end(never);
	sessions.ended(second.session, clean);
	vi.advanceTimersByTime(39_999);
	expect(await hasEnded(end)).toBe(false);
	vi.advanceTimersByTime(1);
	expect(await hasEnded(end)).toBe(true);
});

test("nobody waits for clients that have left or were sent away, or when the user is in a hurry", async () => {
	const { sessions, clients } = await gathered(3, 4, 5);
	const [leaving, expelled, staying] = clients as [ScriptedClient, ScriptedClient, ScriptedClient];
	leaving.say({ type: "goodbye", reason: "enough" });
	sessions.ended(leaving.session, clean);
	expelled.session.refuse(new ProtocolError("FL_SESSION_FLOOD", "too much"));
	const farewell = sessions.goodbye("finished");
	expect(farewell.numWaiting).toBe(2);
	sessions.ended(expelled.session, broken);
	expect(farewell.numWaiting).toBe(1);
	const hurry = new AbortController();
	const end = farewell.end(hurry.signal);
	expect(await hasEnded(end)).toBe(false);
	hurry.abort();
	expect(await hasEnded(end)).toBe(true);
	expect(staying.last("goodbye")).toBeDefined();
});

test("who does not show that it is a client does not hear the goodbye in its place", async () => {
	const { sessions, clients } = await gathered(3);
	for (const { session } of clients) sessions.ended(session, broken);
	const stranger = new ScriptedClient(sessions, 4); // with the certificate of client 4
	const farewell = sessions.goodbye("finished");
	sessions.ended(stranger.session, clean);
	const other = new ScriptedClient(sessions, 4);
	other.hello(3);
	await new Promise(setImmediate);
	expect(other.last("goodbye")).toBeUndefined();
	sessions.ended(other.session, clean);
	expect(farewell.numWaiting).toBe(1);
});

test("that a run is about to end is told to those who are ready, and to whoever becomes ready later, once", async () => {
	const { sessions, clients } = await gathered(3);
	const loading = new ScriptedClient(sessions);
	loading.hello(4);
	await new Promise(setImmediate);
	sessions.ending();
	sessions.ending();
	expect(loading.last("ending")).toBeUndefined();
	loading.say({ type: "ready", backendVersion: "1", parameters: 6, trainExamples: 20, testExamples: 5 });
	for (const client of [...clients, loading]) {
		expect(client.heard.filter(({ type }) => type === "ending")).toHaveLength(1);
	}
});

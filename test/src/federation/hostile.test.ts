import { crc32 } from "node:zlib";
import { encodeChunkFrame, encodeControlFrame } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import { RawPeer, upgradeRequest } from "./raw-peer.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

const control = (text: string): Uint8Array => encodeControlFrame(text, crc32);
const heartbeat = control('{"type":"heartbeat"}');
const wrongChecksum = heartbeat.map((byte, place) => (place === 20 ? byte ^ 1 : byte));
const halfFrame = { isFinal: false };

/** A peer that greets as a client and says that its model has so many parameters. */
async function ready(port: number, client: number, parameters: number): Promise<RawPeer> {
	const peer = await RawPeer.open(port);
	peer.hello(client);
	await peer.hears("welcome");
	peer.say({ type: "ready", backendVersion: "1", parameters, trainExamples: 10, testExamples: 2 });
	return peer;
}

/** What each peer does wrong, and the code that it is closed with. */
const faults: readonly (readonly [what: string, code: number, act: (peer: RawPeer) => void])[] = [
	["a text message", 1002, (peer) => peer.frame("text", Buffer.from("hello"))],
	["bytes that are no frame of the protocol", 1002, (peer) => peer.frame("binary", new Uint8Array(40))],
	["no bytes", 1002, (peer) => peer.frame("binary", new Uint8Array())],
	["a frame with a wrong checksum", 1002, (peer) => peer.frame("binary", wrongChecksum)],
	["a chunk before the hello", 1002, (peer) => peer.frame("binary", chunk)],
	["a message out of turn", 1002, (peer) => peer.frame("binary", heartbeat)],
	[
		"another version",
		1002,
		(peer) => peer.frame("binary", control('{"type":"hello","protocol":{"toString":1}}')),
	],
	["no JSON", 1007, (peer) => peer.frame("binary", control('{"type":'))],
	["JSON that nests deeply", 1007, (peer) => peer.frame("binary", control("[".repeat(8000)))],
	["a long frame before the hello", 1009, (peer) => peer.frame("binary", control("x".repeat(9000)))],
	["a frame longer than any", 1009, (peer) => peer.frame("binary", new Uint8Array(2 ** 21))],
	["a compressed frame", 1002, (peer) => peer.frame("binary", heartbeat, { isCompressed: true })],
	["an unmasked frame", 1002, (peer) => peer.frame("binary", heartbeat, { isUnmasked: true })],
	["a continuation of nothing", 1002, (peer) => peer.frame("continuation", heartbeat)],
	["a close frame that is none", 1002, (peer) => peer.frame("close", Uint8Array.of(1))],
	[
		"a message in a hundred fragments",
		1008,
		(peer) => {
			peer.frame("binary", heartbeat.subarray(0, 1), halfFrame);
			for (let i = 1; i < 100; i++) peer.frame("continuation", heartbeat.subarray(0, 1), halfFrame);
		},
	],
	["a client that the scenario has not", 1008, (peer) => peer.hello(4)],
	["another backend", 1008, (peer) => peer.hello(3, { backends: ["cpu"] })],
	["no hello in time", 1008, () => undefined],
];
const chunk = encodeChunkFrame({ payload: 1, offset: 0, data: Uint8Array.of(1) }, crc32);

test("hostile peers are closed with the right code, and the run is what it is without them", async () => {
	const federation = await SmallFederation.create();
	const server = await federation.serve();
	const { port, program } = server;
	await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(200);
	const ends = await Promise.all(
		faults.map(async ([what, , act]) => {
			const peer = await RawPeer.open(port);
			act(peer);
			await peer.ended;
			return [what, peer.closeCode];
		}),
	);
	expect(ends).toEqual(faults.map(([what, code]) => [what, code]));

	const turnedAway = await Promise.all(
		[
			["/client", ""],
			["//", ""],
			["/..//[", ""],
			["/", "Origin: https://example.org\r\n"],
			["/", "Origin: null\r\n"],
		].map(async ([path = "", headers = ""]) => {
			const peer = await RawPeer.open(port, { path, headers });
			await peer.ended;
			return peer.head.slice(9, 12);
		}),
	);
	expect(turnedAway).toEqual(["404", "404", "404", "403", "403"]);
	await program.linesLike(/connection turned away/, turnedAway.length);

	// A client that floods is closed for it; one that answers what it was not asked for changes nothing.
	const stranger = await ready(port, 3, 0);
	await stranger.ended;
	const [, parameters] = /has 0 parameters, expected (\d+)/.exec(stranger.last("error")?.message ?? "") ?? [];
	const flooding = await ready(port, 3, Number(parameters));
	for (let i = 0; i < 20_000; i++) flooding.frame("binary", heartbeat);
	await flooding.ended;
	expect([flooding.closeCode, flooding.last("error")?.code]).toEqual([1008, "FL_SESSION_FLOOD"]);
	const meddling = await ready(port, 2, Number(parameters));
	const report = { trainLoss: 0, numExamples: 10, steps: 1 };
	for (const task of ["1.1.train", "0.1.train", "9.1.train"]) {
		const payload = { id: 1, bytes: 2 ** 32, crc32: 0 };
		meddling.say({ type: "result", task, report, keepsState: false, wallSeconds: 1, payload });
	}
	await meddling.hears("receipt", 3);
	for (const message of meddling.heard)
		if (message.type === "receipt") expect(message.status).toBe("rejected");
	meddling.say({ type: "goodbye", reason: "enough" });
	await meddling.ended;

	// Those who join well do so beside others that never end what they have begun.
	const halfOpen = await Promise.all(
		[
			"",
			"GET /health HTTP/1.1\r\nHost: x\r\n",
			upgradeRequest("/").slice(0, -2),
			upgradeRequest("/"),
		].flatMap((bytes) =>
			Array.from({ length: 50 }, async () => {
				const peer = await RawPeer.connect(port);
				peer.write(bytes);
				return peer;
			}),
		),
	);
	expect(halfOpen.filter(({ isOpen }) => isOpen).length).toBeGreaterThanOrEqual(150);
	const clients = federation.join("1-4/4", port);
	await expectSimulated(federation, server);
	await clients.success();
	await Promise.all(halfOpen.map(({ ended }) => ended));
});

import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { crc32 } from "node:zlib";
import { decodeFrame, encodeControlFrame, parseMessage, serverMessage } from "@fl-sim/protocol";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { sampleApp } from "../http/http-app.fixture.ts";
import { listenForClients, type TurnedAway } from "./client-listener.ts";
import { smallFederation } from "./small-federation.fixture.ts";

const numConnections = 100;
const request = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
const upgrade =
	"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";

/** Clients are let in by sockets, with short times for those that are slow. */
async function listen() {
	const { app } = await sampleApp({ timeouts: { headers: 4000, request: 4000, check: 50 } });
	await app.listen({ port: 0, host: "127.0.0.1" });
	const { sessions, refusals } = smallFederation();
	const turnedAway: TurnedAway[] = [];
	const listener = listenForClients(app.server, sessions, {
		allowedOrigins: [],
		maxConnections: 1e6,
		maxConnectionsPerAddress: 1e6,
		connectionsPerMinute: 1e6,
		greetingSeconds: 4,
		heartbeatSeconds: 20,
		certifiedClient: () => undefined,
		turnedAway: (refusal) => turnedAway.push(refusal),
	});
	onTestFinished(async () => {
		sessions.close();
		await listener.close();
	});
	return { port: (app.server.address() as AddressInfo).port, sessions, refusals, turnedAway };
}

/** Connections that send these bytes and then nothing more: how many are open, and what each got in the end. */
async function slow(port: number, bytes: string) {
	const sockets = Array.from({ length: numConnections }, () => connect(port, "127.0.0.1"));
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
	});
	const ends = sockets.map(async (socket) => {
		let received = "";
		socket.on("data", (data: Buffer) => {
			received += data.toString("latin1");
		});
		socket.on("error", () => undefined);
		await once(socket, "close");
		return received.slice(9, 12);
	});
	await Promise.all(sockets.map((socket) => once(socket, "connect")));
	for (const socket of sockets) socket.write(bytes);
	return { numOpen: () => sockets.filter((socket) => !socket.closed).length, ends: Promise.all(ends) };
}

/** Resolves when the client is welcome. */
function join(port: number, client: number): Promise<void> {
	const socket = new WebSocket(`ws://127.0.0.1:${port}`);
	onTestFinished(() => socket.terminate());
	return new Promise((resolve, reject) => {
		socket.on("close", (code) => reject(new Error(`closed with ${code}`)));
		socket.on("message", (data: Buffer) => {
			const frame = decodeFrame(data, crc32);
			const message = frame.kind === "control" ? parseMessage(frame.text, serverMessage) : undefined;
			if (message?.type === "welcome") resolve();
			if (message?.type !== "challenge") return;
			const nonce = "n".repeat(32);
			const hello = { type: "hello", protocol: 1, software: "test", client, nonce, backends: ["wasm"] };
			socket.send(encodeControlFrame(JSON.stringify(hello), crc32));
		});
	});
}

test("a client is let in beside many requests, upgrades and WebSockets that never end, and all of those are closed", async () => {
	const { port, sessions, refusals, turnedAway } = await listen();
	const groups = await Promise.all([request, upgrade, `${upgrade}\r\n`].map((bytes) => slow(port, bytes)));
	await join(port, 3);
	expect(groups.map(({ numOpen }) => numOpen())).toEqual(groups.map(() => numConnections));
	const ends = await Promise.all(groups.map((group) => group.ends));
	expect(ends.map((statuses) => [...new Set(statuses)])).toEqual([["408"], ["408"], ["101"]]);
	expect(refusals.map(({ message }) => message)).toEqual(
		Array.from({ length: numConnections }, () => "no hello within 4 seconds"),
	);
	expect(turnedAway).toEqual([]);
	expect(sessions.beat(performance.now())).toEqual([]);
});

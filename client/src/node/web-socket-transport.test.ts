import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { limits } from "@fl-sim/protocol";
import { afterEach, expect, test } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import type { Channel } from "../session/index.ts";
import { webSocketTransport } from "./web-socket-transport.ts";

const never = new AbortController().signal;
const cleanups: (() => void)[] = [];

afterEach(() => {
	for (const clean of cleanups.splice(0)) clean();
});

async function listen(server: Server): Promise<URL> {
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	cleanups.push(() => {
		server.closeAllConnections();
		server.close();
	});
	return new URL(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

/** A connection and both its ends. */
async function connected(): Promise<{
	readonly channel: Channel;
	readonly socket: WebSocket;
	readonly raw: () => Buffer;
}> {
	const server = createServer();
	const sockets = new WebSocketServer({ server, perMessageDeflate: false });
	const chunks: Buffer[] = [];
	server.on("connection", (socket) => socket.on("data", (data: Buffer) => chunks.push(data)));
	const address = await listen(server);
	const connection = once(sockets, "connection") as Promise<[WebSocket]>;
	const channel = await webSocketTransport({ address }).connect(never);
	const [socket] = await connection;
	cleanups.push(() => socket.terminate());
	return { channel, socket, raw: () => Buffer.concat(chunks) };
}

async function read(channel: Channel, count: number): Promise<Uint8Array[]> {
	const frames: Uint8Array[] = [];
	for await (const frame of channel.frames) {
		if (frames.push(frame) === count) break;
	}
	return frames;
}

test("frames arrive in both directions, whole and in their order", async () => {
	const { channel, socket } = await connected();
	const received = once(socket, "message") as Promise<[Buffer]>;
	await channel.send(Uint8Array.of(1, 2, 3));
	expect(new Uint8Array((await received)[0])).toEqual(Uint8Array.of(1, 2, 3));
	const largest = new Uint8Array(24 + limits.maxChunkData).fill(7);
	socket.send(Uint8Array.of(4));
	socket.send(largest);
	const [first, second] = await read(channel, 2);
	expect([...(first as Uint8Array)]).toEqual([4]);
	expect(Buffer.compare(second as Uint8Array, largest)).toBe(0);
});

test("frames leave as they are: nothing is compressed, and the mask changes nothing", async () => {
	const { channel, socket, raw } = await connected();
	const frame = new Uint8Array(1000).fill(0x5a);
	const received = once(socket, "message");
	await channel.send(frame);
	await received;
	expect(socket.extensions).toBe("");
	expect(raw().includes(Buffer.from(frame))).toBe(true);
});

test("many frames that nobody reads yet are kept, and none is lost", async () => {
	const { channel, socket } = await connected();
	for (let number = 0; number < 200; number++) socket.send(Uint8Array.of(number));
	const frames = await read(channel, 200);
	expect(frames.map((frame) => frame[0])).toEqual(Array.from({ length: 200 }, (_, number) => number));
});

test("a sender is held up while more than a mebibyte waits, and goes on when it has left", async () => {
	const { channel, socket } = await connected();
	socket.pause();
	const frame = new Uint8Array(512 * 1024);
	let sent = 0;
	let isHeldUp = false;
	const sending = (async () => {
		for (; sent < 40; sent++) {
			const leaving = channel.send(frame);
			const first = await Promise.race([leaving.then(() => "sent"), nextTurns().then(() => "held up")]);
			if (first === "held up") isHeldUp = true;
			if (isHeldUp && socket.isPaused) socket.resume();
			await leaving;
		}
	})();
	let received = 0;
	socket.on("message", (data: Buffer) => {
		received += data.length;
	});
	await sending;
	channel.close(1000, "");
	await once(socket, "close");
	expect(isHeldUp).toBe(true);
	expect(received).toBe(40 * frame.length);
});

/** Some turns of the event loop. */
async function nextTurns(): Promise<void> {
	for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

test("the server's close code and reason are told, after its last frame", async () => {
	const { channel, socket } = await connected();
	socket.send(Uint8Array.of(9));
	socket.close(1013, "try again later");
	expect(await read(channel, 2)).toHaveLength(1);
	expect(await channel.closed).toEqual({ code: 1013, reason: "try again later" });
	expect(channel.isOpen).toBe(false);
	await channel.send(Uint8Array.of(1)); // goes nowhere, and resolves
});

test("a close carries its code, and as much of its reason as a close frame takes", async () => {
	const { channel, socket } = await connected();
	const closing = once(socket, "close") as Promise<[number, Buffer]>;
	channel.close(1002, "ä".repeat(100));
	const [code, reason] = await closing;
	expect(code).toBe(1002);
	expect(reason.toString()).toBe("ä".repeat(61));
	expect((await channel.closed).code).toBe(1002);
});

test("a connection that breaks ends the frames", async () => {
	const { channel, socket } = await connected();
	socket.terminate();
	expect(await read(channel, 1)).toEqual([]);
	expect((await channel.closed).code).toBe(1006);
});

test("a message that is larger than any frame ends the connection", async () => {
	const { channel, socket } = await connected();
	const closing = once(socket, "close") as Promise<[number]>;
	socket.send(new Uint8Array(limits.maxChunkData + 2048));
	expect(await read(channel, 1)).toEqual([]);
	expect((await closing)[0]).toBe(1009);
});

test("a text message is handed on as it is, to be refused as no frame", async () => {
	const { channel, socket } = await connected();
	socket.send("hello");
	expect((await read(channel, 1)).map((frame) => Buffer.from(frame).toString())).toEqual(["hello"]);
});

test.each([
	[200, "FL_SESSION_REFUSED"],
	[403, "FL_SESSION_REFUSED"],
	[404, "FL_SESSION_REFUSED"],
	[429, undefined],
	[503, undefined],
])("a server that answers with status %i: %s", async (status, code) => {
	const server = createServer();
	server.on("upgrade", (_, socket) => {
		socket.end(`HTTP/1.1 ${status} Status\r\nContent-Length: 0\r\n\r\n`);
	});
	const failure = webSocketTransport({ address: await listen(server) }).connect(never);
	await expect(failure).rejects.toThrow(`answered with HTTP status ${status}`);
	await expect(failure).rejects.toEqual(
		code === undefined
			? expect.not.objectContaining({ code: expect.anything() as unknown })
			: expect.objectContaining({ code }),
	);
});

test("a server that refuses by status without an upgrade is told the same", async () => {
	const server = createServer((_, response) => {
		response.statusCode = 404;
		response.end();
	});
	const failure = webSocketTransport({ address: await listen(server) }).connect(never);
	await expect(failure).rejects.toMatchObject({ code: "FL_SESSION_REFUSED" });
});

test("a port that nobody listens on is worth another attempt", async () => {
	const server = createServer();
	const address = await listen(server);
	server.close();
	await once(server, "close");
	const failure = webSocketTransport({ address }).connect(never);
	await expect(failure).rejects.toThrow(`${address.origin} cannot be reached (ECONNREFUSED)`);
	await expect(failure).rejects.not.toHaveProperty("code");
});

test("a server that speaks no TLS is told from one that is not there", async () => {
	const address = await listen(createServer());
	address.protocol = "wss:";
	await expect(webSocketTransport({ address }).connect(never)).rejects.toMatchObject({
		code: "FL_SESSION_REFUSED",
		fix: expect.stringContaining("ws://") as unknown,
	});
});

test("a server that answers nothing is given up after the handshake timeout, or when the client leaves", async () => {
	const server = createServer();
	server.on("upgrade", () => undefined);
	const address = await listen(server);
	const transport = webSocketTransport({ address, handshakeTimeout: 50 });
	await expect(transport.connect(never)).rejects.toThrow("cannot be reached");
	const leave = new AbortController();
	const waiting = webSocketTransport({ address }).connect(leave.signal);
	leave.abort();
	await expect(waiting).rejects.toThrow("cannot be reached");
});

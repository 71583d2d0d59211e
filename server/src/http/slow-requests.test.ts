import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { makeAuthority } from "../certificates/make-certificate.ts";
import { type HttpAppOptions, type HttpTimeouts, standardTimeouts } from "./app.ts";
import { sampleApp } from "./http-app.fixture.ts";

const numConnections = 1000;

/** What a connection has received, once the server has closed it. */
type Closed = Promise<string>;

async function listen(timeouts: Partial<HttpTimeouts>, tls?: HttpAppOptions["tls"]): Promise<number> {
	const { app } = await sampleApp({ timeouts, tls, requestsPerMinute: 1e6 });
	await app.listen({ port: 0, host: "127.0.0.1" });
	return (app.server.address() as AddressInfo).port;
}

/** Connections that send these bytes and then nothing more. */
async function halfOpen(
	port: number,
	bytes: string,
	count = numConnections,
): Promise<{ sockets: Socket[]; closed: Closed[] }> {
	const sockets = Array.from({ length: count }, () => connect(port, "127.0.0.1"));
	onTestFinished(() => {
		for (const socket of sockets) socket.destroy();
	});
	const closed = sockets.map((socket) => {
		let received = "";
		socket.on("data", (chunk) => {
			received += chunk.toString();
		});
		socket.on("error", () => undefined);
		return new Promise<string>((resolve) => socket.on("close", () => resolve(received)));
	});
	await Promise.all(sockets.map((socket) => once(socket, "connect")));
	await Promise.all(
		sockets.map((socket) => new Promise<void>((resolve) => void socket.write(bytes, () => resolve()))),
	);
	return { sockets, closed };
}

const unfinishedHeaders = "GET /health HTTP/1.1\r\nHost: localhost\r\n";
const unfinishedBody =
	"POST /api/run/stop HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n";
const unfinishedUpgrade = `${unfinishedHeaders}Connection: Upgrade\r\nUpgrade: websocket\r\n`;

test("a request is answered while a thousand others do not end", async () => {
	const port = await listen({});
	const { sockets } = await halfOpen(port, unfinishedHeaders);
	const response = await fetch(`http://127.0.0.1:${port}/health`);
	expect(response.status).toBe(200);
	expect(sockets.filter((socket) => !socket.closed)).toHaveLength(numConnections);
});

test.each([
	["headers", unfinishedHeaders, { headers: 100, check: 50 }],
	["bodies", unfinishedBody, { request: 100, headers: 100, check: 50 }],
	["upgrades", unfinishedUpgrade, { headers: 100, check: 50 }],
])("a thousand requests with unfinished %s are closed", async (_what, bytes, timeouts) => {
	const { closed } = await halfOpen(await listen(timeouts), bytes);
	const answers = await Promise.all(closed);
	expect(answers.filter((answer) => !/^HTTP\/1\.1 408 .*"FL_HTTP_TIMEOUT"/s.test(answer))).toEqual([]);
});

test("connections that send nothing at all are closed too", async () => {
	const { closed } = await halfOpen(await listen({ headers: 100, connection: 100, check: 50 }), "");
	expect(await Promise.all(closed)).toHaveLength(numConnections);
});

test("TLS handshakes that do not begin or do not end are closed", async () => {
	const { certificate: cert, key } = await makeAuthority(1, new Date());
	const port = await listen({ handshake: 100, connection: 60_000 }, { cert, key });
	const startOfHello = "\u0016\u0003\u0001\u0001";
	const waiting = await Promise.all([halfOpen(port, "", 100), halfOpen(port, startOfHello, 100)]);
	const answers = await Promise.all(waiting.flatMap(({ closed }) => closed));
	expect(answers).toHaveLength(200);
});

test("a WebSocket may be silent for longer than an HTTP connection", async () => {
	const { app } = await sampleApp({ timeouts: { connection: 50_000 } });
	await app.listen({ port: 0, host: "127.0.0.1" });
	const before: number[] = [];
	const webSockets = new WebSocketServer({ noServer: true });
	const accepted = new Promise<Socket>((resolve) => {
		app.server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
			before.push(socket.timeout ?? 0);
			webSockets.handleUpgrade(request, socket, head, () => resolve(socket));
		});
	});
	const client = new WebSocket(`ws://127.0.0.1:${(app.server.address() as AddressInfo).port}`);
	await once(client, "open");
	expect((await accepted).timeout).toBe(0);
	expect(before).toEqual([50_000]);
	client.terminate();
});

test("every time has its limit", () => {
	for (const [name, milliseconds] of Object.entries(standardTimeouts)) {
		expect(milliseconds, name).toBeGreaterThan(0);
		expect(milliseconds, name).toBeLessThanOrEqual(60_000);
	}
	expect(standardTimeouts.headers).toBeLessThanOrEqual(standardTimeouts.request);
});

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { webSocketConnection } from "./web-socket-connection.ts";

test("a sender that waits for room never has more than 1 MiB and a frame in use", async () => {
	const frameBytes = 256 * 1024;
	const numFrames = 100;
	const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
	await once(server, "listening");
	const reader = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const [socket] = (await once(server, "connection")) as [WebSocket];
	const connection = webSocketConnection(socket);
	const all = Promise.withResolvers<void>();
	let inUse = 0;
	let mostInUse = 0;
	let numLeft = 0;
	for (let index = 0; index < numFrames; index++) {
		inUse += 1;
		mostInUse = Math.max(mostInUse, inUse);
		await connection.send(new Uint8Array(frameBytes), () => {
			inUse -= 1;
			numLeft += 1;
			if (numLeft === numFrames) all.resolve();
		});
	}
	await all.promise;
	expect(mostInUse).toBeLessThanOrEqual(1024 ** 2 / frameBytes + 1);
	reader.terminate();
	server.close();
});

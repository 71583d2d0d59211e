import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import type { RunEvent } from "@fl-sim/core";
import { type ClientMessage, decodeFrame, type ServerMessage } from "@fl-sim/protocol";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { Network } from "./proxy.fixture.ts";
import { eventsOf, expectSimulated, flServer, SmallFederation } from "./small-federation.fixture.ts";

/** Payload bytes that were seen on the way, of tasks and their answers. */
interface Seen {
	down: number;
	up: number;
}

/** A WebSocket on either side of a capturing proxy, which adds up the data of the chunks of tasks and results. */
async function capture(target: number, seen: Map<number, Seen>): Promise<number> {
	const proxy = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
	await once(proxy, "listening");
	onTestFinished(() => {
		proxy.close();
		for (const socket of proxy.clients) socket.terminate();
	});
	proxy.on("connection", (client) => {
		const server = new WebSocket(`ws://127.0.0.1:${target}/`, { perMessageDeflate: false });
		const bytes: Seen = { down: 0, up: 0 };
		/** Numbers of payloads that belong to tasks and results, not to evaluations. */
		const counted = { down: new Set<number>(), up: new Set<number>() };
		const look = (direction: keyof Seen, data: Buffer): void => {
			const frame = decodeFrame(data, crc32);
			if (frame.kind === "chunk") {
				if (counted[direction].has(frame.payload)) bytes[direction] += frame.data.length;
				return;
			}
			const message = JSON.parse(frame.text) as ServerMessage | ClientMessage;
			if (message.type === "hello") seen.set(message.client, bytes);
			if (message.type === "task" || message.type === "result") counted[direction].add(message.payload.id);
		};
		const early: Buffer[] = [];
		client.on("message", (data: Buffer) => {
			look("up", data);
			if (server.readyState === WebSocket.OPEN) server.send(data);
			else early.push(data);
		});
		server.on("open", () => {
			for (const data of early) server.send(data);
		});
		server.on("message", (data: Buffer) => {
			look("down", data);
			client.send(data);
		});
		server.on("close", () => client.close());
		client.on("close", () => server.close());
	});
	return (proxy.address() as AddressInfo).port;
}

/** The ledger's bytes of each client. */
function ledgerOf(events: readonly RunEvent[]): Map<number, Seen> {
	const ledger = new Map<number, Seen>();
	for (const event of events) {
		if (event.type !== "client.replied") continue;
		const { down, up } = ledger.get(event.client) ?? { down: 0, up: 0 };
		ledger.set(event.client, { down: down + event.downBytes, up: up + event.upBytes });
	}
	return ledger;
}

test("the bytes that the ledger counts are those that pass the network, client by client", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }");
	const server = await federation.serve();
	const seen = new Map<number, Seen>();
	const clients = federation.join("1-4/4", await capture(server.port, seen));
	await expectSimulated(federation, server);
	await clients.success();
	const ledger = ledgerOf(await eventsOf(federation.run));
	expect(ledger.size).toBe(4);
	expect(new Map([...seen].filter(([client]) => ledger.has(client)).sort(([a], [b]) => a - b))).toEqual(
		new Map([...ledger].sort(([a], [b]) => a - b)),
	);
});

test("with mutual TLS and tokens the run is the simulator's, and the overhead is what passes the network", async () => {
	const federation = await SmallFederation.create("clients.number=2", "clients.perRound=2");
	const { folder } = federation;
	await flServer(["certificates", "--host", "localhost", "--client", "0-1", "--out", "certificates"], folder);
	const issued = await flServer(["tokens", "issue", "--client", "0-1"], folder);
	const tokens = issued.flatMap((line) => /flc1\.\d\.[\w-]+/.exec(line) ?? []);
	expect(tokens).toHaveLength(2);
	const tls = ["--cert", "certificates/server.pem", "--key", "certificates/server-key.pem"];
	const server = await federation.serve([...tls, "--client-ca", "certificates/ca.pem"]);
	const network = await Network.to(server.port);
	const passed = { up: 0, down: 0 };
	network.onBytes = (_link, direction, bytes) => {
		passed[direction] += bytes.length;
		return "pass";
	};
	const clients = tokens.map((token, i) =>
		federation.join(
			`${i + 1}/2`,
			`wss://localhost:${network.port}`,
			`--ca certificates/ca.pem --cert certificates/client-${i}.pem --key certificates/client-${i}-key.pem`.split(
				" ",
			),
			{ FL_CLIENT_TOKEN: token },
		),
	);
	await expectSimulated(federation, server);
	for (const client of clients) await client.success();
	const { program } = server;
	expect(program.lines.filter((line) => tokens.some((token) => line.includes(token)))).toEqual([]);
	const [, down, up] = await program.line(/"socketBytes":\{"down":(\d+),"up":(\d+)\}/);
	expect({ down: Number(down), up: Number(up) }).toEqual(passed);
});

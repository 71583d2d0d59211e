import { expect, test } from "vitest";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

/** Whether bytes from the server hold this message; control frames are text, and WebSockets mask none of a server's. */
function holds(bytes: Buffer, type: string): boolean {
	return bytes.includes(`{"type":"${type}"`);
}

test("clients whose connections are cut at the goodbye come back and hear it, and the server waits for them", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }");
	const server = await federation.serve();
	const network = await Network.to(server.port);
	let cuts = 0;
	network.onBytes = (_link, direction, bytes) => {
		if (direction === "up" || cuts >= 4 || !holds(bytes, "goodbye")) return "pass";
		cuts += 1;
		return "cut";
	};
	const clients = federation.join("1-4/4", network.port);
	await expectSimulated(federation, server);
	await clients.success();
	expect(cuts).toBe(4);
	expect(clients.lines.filter((line) => line.includes('"end":"finished"'))).toHaveLength(4);
});

test("clients of a server that is gone for good after the last round end after its grace", async () => {
	const federation = await SmallFederation.create("server.graceSeconds=1");
	const server = await federation.serve();
	const network = await Network.to(server.port);
	const heard = Promise.withResolvers<void>();
	network.onBytes = (_link, direction, bytes) => {
		if (direction === "up" || !holds(bytes, "goodbye")) return "pass";
		heard.resolve();
		return "swallow";
	};
	const clients = federation.join("1-4/4", network.port);
	await heard.promise;
	await server.program.crash();
	network.target = undefined;
	network.cut();
	await clients.success();
	expect(clients.lines.filter((line) => line.includes('"end":"gone"'))).toHaveLength(4);
});

test("a server that restarts in its last round finds its clients again, and they hear how the run ended", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }", "rounds=3");
	const first = await federation.serve();
	const network = await Network.to(first.port);
	const clients = federation.join("1-4/4", network.port);
	await clients.linesLike(/task 3\.1\.train: counted/, 2);
	await first.program.crash();
	network.target = undefined;
	network.cut();
	const second = await federation.resume();
	network.target = second.port;
	await expectSimulated(federation, second);
	await clients.success();
	expect(clients.lines.filter((line) => line.includes('"end":"finished"'))).toHaveLength(4);
});

import { algorithms } from "@fl-sim/algorithms";
import { expect, test } from "vitest";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

test.each(Object.keys(algorithms))(
	"%s on a server and its clients is the run of the simulator",
	async (name) => {
		const federation = await SmallFederation.create(`algorithm={ name: ${name} }`);
		const server = await federation.serve();
		const clients = federation.join("1-4/4", server.port);
		await expectSimulated(federation, server);
		await clients.success();
	},
);

test("each client may be a process of its own, and come in any order", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }", "rounds=3");
	const server = await federation.serve();
	const clients = [3, 1, 4, 2].map((client) => federation.join(`${client}/4`, server.port));
	await expectSimulated(federation, server);
	for (const client of clients) await client.success();
	expect(server.program.lines.filter((line) => line.includes("client lost"))).toEqual([]);
});

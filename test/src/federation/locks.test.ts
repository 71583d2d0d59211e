import { join } from "node:path";
import { expect, test } from "vitest";
import { RunningProgram } from "./program.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

const root = join(import.meta.dirname, "../../..");

test("a run is resumed by one process at a time, and goes on undisturbed", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }");
	const first = await federation.serve();
	await expect.poll(async () => (await fetch(`http://127.0.0.1:${first.port}/ready`)).status).toBe(200);
	for (const [program, args] of [
		["server/src/main.ts", ["--port", "0"]],
		["packages/cli/src/main.ts", []],
	] as const) {
		const words = ["resume", federation.run, ...args, "--json"];
		const second = new RunningProgram(join(root, program), words, { cwd: federation.folder });
		expect((await second.ended).code).toBe(2);
		expect(second.lines.join("\n")).toMatch(/FL_LOCKED.*process \d+ is using it/s);
	}
	const clients = federation.join("1-4/4", first.port);
	await expectSimulated(federation, first);
	await clients.success();
});

test("a second client of the same number on the same state folder ends, and the first goes on", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }", "clients.perRound=4");
	const server = await federation.serve();
	const first = federation.join("1/4", server.port);
	await server.program.line(/client joined/);
	const second = federation.join("1/4", server.port);
	expect((await second.ended).code).toBe(2);
	expect(second.lines.join("\n")).toMatch(/FL_LOCKED.*process \d+ is using it/s);
	const others = federation.join("2-4/4", server.port);
	await expectSimulated(federation, server);
	await first.success();
	await others.success();
});

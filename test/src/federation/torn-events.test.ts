import { cpSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { type OpenClients, openClients, resume } from "@fl-sim/simulation";
import { expect, test } from "vitest";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

const isFull = process.env["FL_TORN_EVENTS"] === "all";
/** Bytes at the end of the events of which each is the last one left. */
const tail = 4096;

async function finishedRun(): Promise<{ readonly federation: SmallFederation; readonly events: string }> {
	const federation = await SmallFederation.create("rounds=8");
	const server = await federation.serve();
	const clients = federation.join("1-4/4", server.port);
	await server.program.success();
	await clients.success();
	return { federation, events: join(federation.run, "events.jsonl") };
}

/** Goes on with a run of a server in this process. Its clients keep their states themselves; those of fedavg have none. */
const openHere: OpenClients = async (...settings) => {
	const { clients, ...opened } = await openClients(...settings);
	const clientStates = { ...clients.clientStates, restore: () => undefined };
	return { ...opened, clients: { ...clients, clientStates } };
};

test(
	"a run whose events are cut at a byte of their last 4 KB goes on, in the same weights",
	async () => {
		const { federation, events } = await finishedRun();
		const { length } = readFileSync(events);
		expect(length).toBeGreaterThan(tail);
		const { weightsSha256 } = await federation.simulated();
		const copy = join(federation.folder, "copy");
		for (let cut = length - tail; cut <= length; cut += isFull ? 1 : 101) {
			rmSync(copy, { recursive: true, force: true });
			cpSync(federation.run, copy, { recursive: true });
			truncateSync(join(copy, "events.jsonl"), cut);
			expect(await resume(copy, { workers: 0, open: openHere })).toMatchObject({ weightsSha256, rounds: 8 });
		}
	},
	isFull ? 3_600_000 : 60_000,
);

/** Places in the events of round 8, which is played again: the run ends as if nothing had been. */
const places = [
	["in the middle of an answer", '{"type":"client.replied","round":8', 30],
	["behind the round's first line", '{"type":"client.replied","round":8', 0],
	["inside the round's end", '{"type":"round.finished","round":8', 50],
	["before the last newline of the round before", '{"type":"round.started","round":8', -1],
] as const;

test.each(places.slice(0, isFull ? places.length : 1))(
	"fl-server goes on with a run that was torn %s, and its clients come back",
	async (_, text, distance) => {
		const { federation, events } = await finishedRun();
		const checkpoints = join(federation.run, "checkpoints");
		expect(readdirSync(checkpoints)).toEqual(["round-000007.safetensors", "round-000008.safetensors"]);
		rmSync(join(checkpoints, "round-000008.safetensors"));
		truncateSync(events, readFileSync(events).indexOf(text) + distance);
		const server = await federation.resume();
		const clients = federation.join("1-4/4", server.port);
		await expectSimulated(federation, server);
		await clients.success();
	},
);

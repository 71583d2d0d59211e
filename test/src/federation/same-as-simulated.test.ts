import { algorithms } from "@fl-sim/algorithms";
import { personalTask } from "@fl-sim/core";
import { expect, test } from "vitest";
import { type Direction, Network } from "./proxy.fixture.ts";
import { eventsOf, expectSimulated, SmallFederation } from "./small-federation.fixture.ts";
import { watch } from "./web-socket-frames.fixture.ts";

/** Payload bytes by round, client and direction. */
class Ledger {
	readonly sums = new Map<string, number>();
	/** Of evaluations of clients' own models, which are in no total. */
	readonly evaluations = { up: 0, down: 0 };

	add(round: number, client: number, direction: Direction, bytes: number): void {
		const key = `round ${round}, client ${client}, ${direction}`;
		this.sums.set(key, (this.sums.get(key) ?? 0) + bytes);
	}
}

/** Data of the chunks that pass a network, other than those of evaluations. */
function ledgerOf(network: Network): Ledger {
	const seen = new Ledger();
	watch(network, (frame) => {
		if (frame.kind !== "chunk" || frame.of.type === "evaluate") return "pass";
		const { of, client, direction, length } = frame;
		// The number of a task begins with its round.
		const id = of.type === "task" ? of.id : "task" in of ? of.task : "";
		const [, round] = /^(\d+)\./.exec(id) ?? [];
		if (id.endsWith(`.${personalTask}`)) seen.evaluations[direction] += length;
		else seen.add(Number(round), client, direction, length);
		return "pass";
	});
	return seen;
}

async function recordedLedger(run: string): Promise<Ledger> {
	const recorded = new Ledger();
	for (const event of await eventsOf(run)) {
		if (event.type === "evaluated.personal") {
			recorded.evaluations.down += event.downBytes;
			recorded.evaluations.up += event.upBytes;
		}
		if (event.type !== "client.replied") continue;
		recorded.add(event.round, event.client, "down", event.downBytes);
		recorded.add(event.round, event.client, "up", event.upBytes);
	}
	return recorded;
}

/** What a method needs that the small scenario does not have. */
const needs: Readonly<Record<string, readonly string[]>> = {
	fedbn: [
		"dataset={ name: glyphs, trainExamples: 40, testExamples: 8, writers: 8 }",
		"model={ name: resnet8, norm: batch }",
	],
};

test.each(Object.keys(algorithms))(
	"%s on a server and its clients is the run of the simulator, and what its ledger counts is what passes the network",
	async (name) => {
		const federation = await SmallFederation.create(`algorithm={ name: ${name} }`, ...(needs[name] ?? []));
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const seen = ledgerOf(network);
		const clients = federation.join("1-4/4", network.port);
		await expectSimulated(federation, server);
		await clients.success();
		const { sums, evaluations } = await recordedLedger(federation.run);
		expect(sums.size).toBe(4 * 3 * 2);
		const sent = [...sums].filter(([, bytes]) => bytes > 0); // local training sends nothing
		expect(Object.fromEntries(seen.sums)).toEqual(Object.fromEntries(sent));
		expect(seen.evaluations).toEqual(evaluations);
	},
);

test.each([
	["fedavg", "{ up: { name: top-k, fraction: 0.1, entropy: true }, down: { name: int8 } }"],
	["scaffold", "{ up: { name: sign } }"],
	["fedper", "{ up: { name: qsgd }, down: { name: bfloat16 } }"],
])("%s compressed by %s is the run of the simulator", async (name, compression) => {
	const federation = await SmallFederation.create(
		`algorithm={ name: ${name} }`,
		`compression=${compression}`,
	);
	const server = await federation.serve();
	const clients = federation.join("1-4/4", server.port);
	await expectSimulated(federation, server);
	await clients.success();
});

test("each client may be a process of its own, and come in any order", async () => {
	const federation = await SmallFederation.create("algorithm={ name: scaffold }", "rounds=3");
	const server = await federation.serve();
	const clients = [3, 1, 4, 2].map((client) => federation.join(`${client}/4`, server.port));
	await expectSimulated(federation, server);
	for (const client of clients) await client.success();
	expect(server.program.lines.filter((line) => line.includes("client lost"))).toEqual([]);
});

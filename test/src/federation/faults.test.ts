import { describe, expect, test } from "vitest";
import { Network } from "./proxy.fixture.ts";
import { eventsOf, expectReplayed, expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

/** Clients with states of their own, which must go back with the server. */
const stateful = ["algorithm={ name: scaffold }", "rounds=6"] as const;

describe("a client that is killed with -9 and comes back with its state folder", () => {
	test.each([
		["while it trains", /task train of round 3 begins/],
		["when it has announced its answer", /task 3\.1\.train is done/],
	])("%s: the run is the simulator's", async (_, pattern) => {
		const federation = await SmallFederation.create(...stateful, "clients.perRound=4");
		const server = await federation.serve();
		const others = federation.join("2-4/4", server.port);
		const killed = federation.join("1/4", server.port);
		await killed.line(pattern);
		await killed.crash();
		const again = federation.join("1/4", server.port);
		await expectSimulated(federation, server);
		await again.success();
		await others.success();
	});

	test("in the middle of its upload: the run is the simulator's", async () => {
		const federation = await SmallFederation.create(...stateful, "clients.perRound=4");
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const others = federation.join("2-4/4", server.port);
		const killed = federation.join("1/4", network.port);
		await killed.line(/task train of round 3 begins/);
		// The answer is announced in a small frame; what is larger is its payload, of which the first half passes.
		const stopped = Promise.withResolvers<void>();
		network.onBytes = (_link, direction, bytes) => {
			if (direction === "down" || bytes.length < 1500) return "pass";
			stopped.resolve();
			return "swallow";
		};
		await stopped.promise;
		await killed.crash();
		network.onBytes = () => "pass";
		const again = federation.join("1/4", network.port);
		await expectSimulated(federation, server);
		await again.success();
		await others.success();
	});
});

describe("clients that are lost", () => {
	const impatient = ["server.heartbeatSeconds=0.4", "server.graceSeconds=0.5", "server.minimumClients=2"];

	test("because they were stopped: noticed, left out, and let in again", async () => {
		const federation = await SmallFederation.create(...stateful, ...impatient);
		const server = await federation.serve();
		const others = federation.join("2-4/4", server.port);
		const stopped = federation.join("1/4", server.port);
		await stopped.line(/task train of round \d begins/);
		stopped.kill("SIGSTOP");
		await server.program.line(/"client":0,"msg":"client left"/);
		stopped.kill("SIGCONT");
		await server.program.success();
		await others.success();
		await expectReplayed(federation);
	});

	test("because nothing passes in either direction: noticed on both sides", async () => {
		const federation = await SmallFederation.create(...stateful, ...impatient, "clients.perRound=4");
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const others = federation.join("2-4/4", server.port);
		const silenced = federation.join("1/4", network.port);
		await silenced.line(/task train of round 2 begins/);
		network.onBytes = () => "swallow";
		await server.program.line(/"client":0,"msg":"client left"/);
		network.onBytes = () => "pass";
		await server.program.success();
		await others.success(); // the silenced client may not be back in time to hear the goodbye
		await expectReplayed(federation);
	});

	test("because they never answer: the round closes at its deadline", async () => {
		const federation = await SmallFederation.create(
			...stateful,
			"server.deadlineSeconds=1",
			"clients.perRound=4",
		);
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const others = federation.join("2-4/4", server.port);
		federation.join("1/4", network.port);
		await server.program.linesLike(/client joined/, 4);
		// Signs of life pass, payloads do not.
		network.onBytes = (_link, direction, bytes) =>
			direction === "up" && bytes.length > 700 ? "swallow" : "pass";
		await server.program.success();
		await others.success();
		expect(await expectReplayed(federation)).toBeGreaterThan(0);
		for (const event of await eventsOf(federation.run)) {
			if (event.type === "round.finished") expect(event.wallSeconds).toBeLessThan(1 + 2);
		}
	});

	test("each in its turn, killed with -9 and started again: every round closes", async () => {
		const federation = await SmallFederation.create(...stateful, ...impatient, "clients.perRound=4");
		const server = await federation.serve();
		const start = (client: number) => federation.join(`${client}/4`, server.port);
		for (const [index, victim] of [1, 2, 3, 4].map(start).entries()) {
			// The run may be over before it is the last one's turn.
			if (index > 0)
				await Promise.race([server.program.ended, victim.ended, victim.line(/round [2-6] begins/)]);
			else await victim.line(/task train of round 1 begins/);
			await victim.crash();
			start(index + 1);
		}
		await server.program.success();
		expect(await expectReplayed(federation)).toBeGreaterThan(0);
	});

	test("for good, killed with -9: the run goes on without them", async () => {
		const federation = await SmallFederation.create(...stateful, ...impatient);
		const server = await federation.serve();
		const others = federation.join("2-4/4", server.port);
		const killed = federation.join("1/4", server.port);
		await killed.line(/task train of round \d begins/);
		await killed.crash();
		await server.program.success();
		await others.success();
		await expectReplayed(federation);
	});
});

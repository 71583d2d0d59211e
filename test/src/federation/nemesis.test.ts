import { randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { unleash } from "./nemesis.fixture.ts";
import { Network } from "./proxy.fixture.ts";
import { expectReplayed, expectSimulated, issueTokens, SmallFederation } from "./small-federation.fixture.ts";

/** The seeds of a trial, `1-200`; a trial has a slower network, too. */
const trial = process.env["FL_NETWORK_SEEDS"];
const [first = 1, last = 3] = (trial ?? "1-3").split("-").map(Number);
const seeds = Array.from({ length: last + 1 - first }, (_, index) => first + index);
const network =
	trial === undefined ? { delay: 10, bytesPerSecond: 1e6 } : { delay: 200, bytesPerSecond: 125_000 };
const rounds = 6;

/** Clients are waited for, so that the run must be the simulator's. */
const patient = ["server.heartbeatSeconds=0.8"];
/** Clients are lost, and the run must be the simulator's with the same losses. */
const impatient = [
	"server.heartbeatSeconds=0.8",
	"server.graceSeconds=0.3",
	"server.deadlineSeconds=4",
	"server.minimumClients=2",
];

test.each(seeds)(
	"over a slow network that cuts, halves, silences and repeats connections, seed %d, each answer counts at most once and in its round",
	async (seed) => {
		const random = randomStream(seed, "network");
		const isPatient = seed % 2 === 0;
		const federation = await SmallFederation.create(
			"algorithm={ name: scaffold }",
			`rounds=${rounds}`,
			...(isPatient ? patient : impatient),
		);
		const tokens = await issueTokens(federation.folder, "0-3");
		const server = await federation.serve();
		const way = await Network.to(server.port);
		way.shape = {
			delay: () => network.delay * (0.75 + 0.5 * random.uniform()),
			bytesPerSecond: network.bytesPerSecond,
		};
		const happened = unleash(way, random, 6);
		// They may not hear the goodbye, and wait for a server that is gone.
		federation.join("1-4/4", way.port, [], { FL_CLIENT_TOKEN: tokens.join(" ") });
		if (isPatient) await expectSimulated(federation, server);
		else await server.program.success();
		const lost = await expectReplayed(federation);
		if (isPatient) expect(lost).toBe(0);
		expect(Object.values(happened).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
	},
	trial === undefined ? 60_000 : 600_000,
);

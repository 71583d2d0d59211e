import { randomStream } from "@fl-sim/core";
import { attackWorld } from "@fl-sim/testkit/fuzz";
import { expect, test } from "vitest";
import { FuzzedClient } from "./fuzzed-client.fixture.ts";

/** `bench/src/fuzz-protocol.ts` does the same with a million frames, and keeps those that reach new code. */
test.each([
	["mutants", 128, 8000],
	["grammar", 32, 2000],
] as const)(
	"whatever frames a server sends, a client ends the connection as it should and then does honest work: %s",
	{ timeout: 180_000 },
	async (source, worlds, leastFrames) => {
		const errors = new Set<string | undefined>();
		let frames = 0;
		for (let number = 0; number < worlds; number++) {
			const world = new FuzzedClient(number);
			await attackWorld(world, {
				random: randomStream(1, source, number),
				source,
				corpus: [],
				connections: 64,
				onFrame({ error }) {
					frames += 1;
					errors.add(error);
				},
			});
			await world.close();
		}
		expect(frames).toBeGreaterThan(leastFrames);
		for (const code of ["FRAME", "MESSAGE", "ORDER", "SIZE"]) expect(errors).toContain(`FL_PROTOCOL_${code}`);
		expect(errors).toContain(undefined);
	},
);

import type { AnyAlgorithm } from "@fl-sim/core";
import { layeredBlobs, playRun } from "@fl-sim/testkit";
import { expect, test } from "vitest";
import { algorithms } from "../registry.ts";
import { compress } from "./compress.ts";
import { downlinkCompressorOptions, uplinkCompressorOptions } from "./registry.ts";

const compression = {
	up: uplinkCompressorOptions.parse({ name: "top-k", fraction: 0.3, entropy: true }),
	down: downlinkCompressorOptions.parse({ name: "int8" }),
};

test.each(Object.keys(algorithms))(
	"%s runs compressed, and goes on from a checkpoint to the same bits",
	async (name) => {
		const algorithm = compress(algorithms[name] as AnyAlgorithm, compression);
		const settings = { algorithm, options: { name }, problem: layeredBlobs() };
		const whole = await playRun(settings);
		const snapshot = whole.snapshots[1];
		const { server, clients } = structuredClone({ server: snapshot?.server, clients: snapshot?.clients });
		if (snapshot === undefined || server === undefined || clients === undefined)
			throw new Error("no checkpoint");
		const resumed = await playRun({ ...settings, resumeFrom: { ...snapshot, server, clients } });
		expect(resumed.outcome.params).toEqual(whole.outcome.params);
		expect(resumed.outcome.totals.upBytes).toBe(whole.outcome.totals.upBytes);
		expect(resumed.snapshots.at(-1)?.clients).toEqual(whole.snapshots.at(-1)?.clients);
	},
);

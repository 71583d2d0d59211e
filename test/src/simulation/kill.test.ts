import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { resume, simulate } from "@fl-sim/simulation";
import { expect, test } from "vitest";
import { smallScenario, timelessMetrics } from "./small-scenario.fixture.ts";

const command = join(import.meta.dirname, "../../../packages/cli/src/main.ts");

/** Starts the real command and kills it with -9 as soon as it has printed a line that matches. */
async function killAt(file: string, pattern: RegExp): Promise<void> {
	const child = spawn(process.execPath, [command, "run", file, "--workers", "2"], {
		stdio: ["ignore", "pipe", "inherit"],
		env: { ...process.env, CI: "1" },
	});
	const closed = once(child, "close");
	for await (const line of createInterface({ input: child.stdout })) {
		if (pattern.test(line)) child.kill("SIGKILL");
	}
	const [, signal] = (await closed) as [number | null, string | null];
	expect(signal).toBe("SIGKILL");
}

test("a run killed with -9 goes on to the same weights and metrics", async () => {
	const { file, loaded, runs } = await smallScenario("rounds=5");
	const whole = await simulate(loaded, { workers: 1 });
	const before = new Set(await readdir(runs));
	for (const round of [1, 3]) {
		await killAt(file, new RegExp(`^ +${round} +\\d`));
		const killed = (await readdir(runs)).find((name) => name !== "latest" && !before.has(name)) ?? "";
		before.add(killed);
		const resumed = await resume(join(runs, killed), { workers: 1 });
		expect(resumed).toMatchObject({ status: "finished", weightsSha256: whole.weightsSha256 });
		expect(await timelessMetrics(resumed.run)).toEqual(await timelessMetrics(whole.run));
	}
});

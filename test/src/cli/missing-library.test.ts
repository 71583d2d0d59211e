import { expect, test } from "vitest";
import { smallScenario } from "../simulation/small-scenario.fixture.ts";
import { flSim } from "./fl-sim.fixture.ts";

/** Makes a package look as if it were not installed, in every thread. */
const without = (name: string): NodeJS.ProcessEnv => {
	const hook = `import { registerHooks } from "node:module";
		registerHooks({
			resolve(specifier, context, next) {
				if (specifier === ${JSON.stringify(name)}) throw new Error("Cannot find module '${name}'");
				return next(specifier, context);
			},
		});`;
	return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(hook)}` };
};

test("without the native library `auto` computes on wasm, with the weights that wasm gives", async () => {
	const { file } = await smallScenario("rounds=1");
	const run = ["run", file, "--set", "rounds=1", "--workers", "1", "--json"];
	const [missing, asked] = [
		await flSim(run, process.execPath, without("koffi")),
		await flSim([...run, "--set", "backend=wasm"]),
	];
	const resultOf = ({ stdout }: typeof missing): unknown =>
		JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
	const { weightsSha256 } = resultOf(asked) as { weightsSha256: string };
	expect(resultOf(missing)).toMatchObject({ backend: "wasm", weightsSha256 });
});

test("asking for the native library that is not there is a mistake with its remedy", async () => {
	const { file } = await smallScenario("rounds=1");
	const args = ["run", file, "--set", "backend=onnxruntime"];
	const { code, stderr } = await flSim(args, process.execPath, without("koffi"));
	expect(code).toBe(2);
	expect(stderr).toMatch(/"onnxruntime" did not load: Cannot find module 'koffi'/);
	expect(stderr).toMatch(/Fix: Install the optional packages onnxruntime-node and koffi/);
	expect(stderr).not.toMatch(/\n {4}at /);
});

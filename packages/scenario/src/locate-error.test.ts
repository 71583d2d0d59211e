import { join } from "node:path";
import { type ErrorCode, FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { type LoadedScenario, loadScenario } from "./load-scenario.ts";
import { locateError } from "./locate-error.ts";
import { smallScenario, withFiles } from "./small-scenario.fixture.ts";

function load(set: readonly string[] = []): Promise<LoadedScenario> {
	return withFiles({ "small.yaml": smallScenario }, (folder) =>
		loadScenario(join(folder, "small.yaml"), { set }),
	);
}

async function located(code: ErrorCode, set: readonly string[] = []): Promise<FlSimError> {
	const loaded = await load(set);
	const error = locateError(
		new FlSimError(code, "what went wrong", { fix: "the fix", details: { shape: "28x28" } }),
		loaded,
	);
	if (!(error instanceof FlSimError)) throw error;
	return error;
}

test("a model that does not fit the data is shown where it is chosen", async () => {
	const error = await located("FL_MODEL_SHAPE");
	expect(error).toMatchObject({
		code: "FL_MODEL_SHAPE",
		fix: "the fix",
		details: { shape: "28x28", line: 14, column: 9 },
	});
	expect(error.message.replace(/^.*small\.yaml/, "small.yaml")).toMatchInlineSnapshot(`
		"small.yaml:14:9: what went wrong
		    12 |
		    13 | model:
		  > 14 |   name: mlp
		       |         ^^^
		    15 |   hidden: [20, 10]
		    16 |"
	`);
});

test.each([
	["FL_PARTITION_IMPOSSIBLE", "9:9"],
	["FL_DATA_MISSING", "6:9"],
	["FL_BACKEND_UNAVAILABLE", "48:10"],
] as const)("%s points to line and column %s", async (code, place) => {
	expect((await located(code)).message).toContain(`small.yaml:${place}: what went wrong\n`);
});

test("missing data point to the path, if there is one, and to the argument that set it", async () => {
	const { message } = await located("FL_DATA_MISSING", ["dataset.path=here"]);
	expect(message).toMatch(/^--set dataset\.path=here: what went wrong/);
});

test("errors about nothing in the scenario, and those with a line, stay as they are", async () => {
	const loaded = await load();
	for (const error of [
		new Error("a bug"),
		new FlSimError("FL_RUN_FOLDER", "no space"),
		new FlSimError("FL_DATA_FORMAT", "line 3 is broken", { details: { line: 3 } }),
	]) {
		expect(locateError(error, loaded)).toBe(error);
	}
	const { written } = await load(["backend=auto"]);
	const entries = new Map([...written.entries].filter(([name]) => name !== "backend"));
	const error = new FlSimError("FL_BACKEND_UNAVAILABLE", "nothing loads");
	expect(locateError(error, { written: { ...written, entries } })).toBe(error);
});

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { RunningProgram } from "./program.fixture.ts";
import { SmallFederation } from "./small-federation.fixture.ts";

/** Rows of two features each, with classes that are named. */
function table(classes: readonly string[], features = 2): string {
	const head = [...Array.from({ length: features }, (_, column) => `x${column}`), "label"].join(",");
	const row = (i: number) => [
		...Array.from({ length: features }, (_, c) => i + c),
		classes[i % classes.length],
	];
	return [head, ...Array.from({ length: 40 }, (_, i) => row(i).join(","))].join("\n");
}

test.each([
	[
		"classes in another order",
		table(["cat", "ewe", "owl"]),
		'label 1 is the class "ewe", in the run it is "dog"',
	],
	["fewer classes", table(["cat", "owl"]), "the data have 2 classes (cat, owl), the run expects 3"],
	["another shape", table(["cat", "dog", "owl"], 3), "the examples have the shape [3], the run expects [2]"],
])(
	"own data with %s end the client before its first task, and the server goes on",
	async (_, text, problem) => {
		const federation = await SmallFederation.create("dataset={ name: csv, path: all.csv }");
		await writeFile(join(federation.folder, "all.csv"), table(["cat", "dog", "owl"]));
		const server = await federation.serve();
		const mine = join(federation.folder, "mine");
		await mkdir(mine);
		await writeFile(join(mine, "all.csv"), text);
		const client = new RunningProgram(
			join(import.meta.dirname, "../../../client/src/main.ts"),
			["--server", `ws://127.0.0.1:${server.port}`, "--data", mine, "--client", "1", "--nice", "0", "--json"],
			{ cwd: federation.folder },
		);
		expect((await client.ended).code).toBe(2);
		const lines = client.lines.join("\n");
		expect(lines).toContain("FL_DATA_MISMATCH");
		expect(lines).toContain(problem);
		expect(lines).not.toMatch(/task train/);
		expect((await fetch(`http://127.0.0.1:${server.port}/ready`)).status).toBe(200);
	},
);

import { cp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { smallScenario } from "../simulation/small-scenario.fixture.ts";
import { type CommandResult, flSim } from "./fl-sim.fixture.ts";

/** A user's mistake: the message has the place and the finding, there is no stack trace. */
function expectMistake(result: CommandResult, code: number, ...texts: (string | RegExp)[]): void {
	for (const part of texts) expect(result.stderr).toMatch(part);
	expect(result.stderr).not.toMatch(/\n {4}at /);
	expect(result.code).toBe(code);
}

const exists = async (path: string): Promise<boolean> =>
	stat(path).then(
		() => true,
		() => false,
	);

describe("a mistake in the scenario leaves no run folder", () => {
	test("unknown key", async () => {
		const { file, runs } = await smallScenario();
		const text = await readFile(file, "utf8");
		await writeFile(file, text.replace("localEpochs", "localEpoch"));
		expectMistake(await flSim([file]), 2, /small\.yaml:7:\d+/, /localEpoch\b/, /did you mean `localEpochs`/);
		expect(await exists(runs)).toBe(false);
	});

	test("wrong type on the command line", async () => {
		const { file, runs } = await smallScenario();
		expectMistake(await flSim([file, "--set", "rounds=many"]), 2, /--set rounds=many/, /integer/);
		expect(await exists(runs)).toBe(false);
	});

	test("missing file", async () => {
		const { file } = await smallScenario();
		expectMistake(await flSim([file.replace("small", "smal")]), 2, /smal\.yaml/, /small\.yaml/);
	});

	test("more clients than examples", async () => {
		const { file, runs } = await smallScenario();
		const tooMany = ["--set", "clients.number=5000", "--set", "partition.minSize=1"];
		expectMistake(await flSim([file, ...tooMany]), 2, /FL_PARTITION_IMPOSSIBLE/, /5,?000/);
		expect(await exists(runs)).toBe(false);
	});

	test("a model that does not fit the data", async () => {
		const { file } = await smallScenario();
		expectMistake(await flSim([file, "--set", "dataset={name: synthetic}"]), 2, /FL_MODEL_SHAPE/, /60/);
	});
});

describe("a mistake in the data", () => {
	async function csvScenario(rows: string): Promise<string> {
		const { file } = await smallScenario();
		await writeFile(join(dirname(file), "rows.csv"), rows);
		const text = await readFile(file, "utf8");
		await writeFile(
			file,
			text
				.replace(/^dataset: .*$/m, "dataset: { name: csv, path: rows.csv, label: y }")
				.replace("lenet5", "softmax"),
		);
		return file;
	}

	test("NaN in the features", async () => {
		const file = await csvScenario("a,b,y\n1,2,x\n3,NaN,z\n");
		expectMistake(await flSim([file]), 2, /FL_DATA_NOT_FINITE/, /rows\.csv/, /\b3\b/);
	});

	test("a truncated IDX file, and labels that are out of range", async () => {
		const { file } = await smallScenario();
		const folder = dirname(file);
		const header = (magic: number, ...sizes: number[]): Buffer => {
			const bytes = Buffer.alloc(4 + 4 * sizes.length);
			bytes.writeUInt32BE(magic, 0);
			for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 4 + 4 * i);
			return bytes;
		};
		const images = Buffer.concat([header(0x803, 2, 28, 28), Buffer.alloc(2 * 784)]);
		for (const part of ["train", "t10k"]) {
			await writeFile(join(folder, `${part}-images-idx3-ubyte`), images);
			await writeFile(
				join(folder, `${part}-labels-idx1-ubyte`),
				Buffer.concat([header(0x801, 2), Buffer.of(3, 77)]),
			);
		}
		const mnist = ["--set", "dataset={name: mnist, path: .}"];
		expectMistake(await flSim([file, ...mnist]), 2, /FL_DATA_LABEL_RANGE/, /labels-idx1/, /77/);
		await writeFile(join(folder, "train-images-idx3-ubyte"), images.subarray(0, 1000));
		expectMistake(await flSim([file, ...mnist]), 2, /FL_DATA_TRUNCATED/, /train-images-idx3-ubyte/);
	});
});

describe("a run that fails", () => {
	test("by diverging says in which round and client, and keeps its folder", async () => {
		const { file, runs } = await smallScenario();
		const result = await flSim([file, "--set", "clients.learningRate=1e30"]);
		expectMistake(
			result,
			1,
			/FL_TRAINING_DIVERGED/,
			/round 1, client \d+/,
			/learningRate|clipNorm/,
			/fl-sim resume/,
		);
		const [run] = (await readdir(runs)).filter((name) => name !== "latest");
		expect(JSON.parse(await readFile(join(runs, run ?? "", "run.json"), "utf8"))).toMatchObject({
			status: "failed",
			error: { code: "FL_TRAINING_DIVERGED" },
		});
	});

	test("because the output folder cannot be made says so before it starts", async () => {
		const { file } = await smallScenario();
		expectMistake(
			await flSim([file, "--set", `output.folder=${file}/runs`]),
			2,
			/FL_RUN_FOLDER/,
			/small\.yaml\/runs/,
		);
	});

	test("because every checkpoint is damaged names them; one good one is enough", async () => {
		const { file, runs } = await smallScenario();
		expect((await flSim([file, "--set", "rounds=2", "--quiet"])).code).toBe(0);
		const checkpoints = join(runs, "latest", "checkpoints");
		const [first, second] = (await readdir(checkpoints)).sort();
		const damage = async (name = ""): Promise<void> => {
			const bytes = await readFile(join(checkpoints, name));
			bytes.writeUInt8(bytes.readUInt8(bytes.length - 5) ^ 1, bytes.length - 5);
			await writeFile(join(checkpoints, name), bytes);
		};
		await cp(checkpoints, join(runs, "kept"), { recursive: true });
		await damage(second);
		const resumed = await flSim(["resume", join(runs, "latest"), "--quiet"]);
		expect(resumed.code).toBe(0);
		expect(resumed.stderr).toContain(second ?? "");
		for (const name of await readdir(checkpoints)) await damage(name);
		expectMistake(await flSim(["resume", join(runs, "latest")]), 2, /FL_RUN_CHECKPOINT_CORRUPT/, first ?? "");
	});
});

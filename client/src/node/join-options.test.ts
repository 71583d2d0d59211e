import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createToken } from "@fl-sim/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backendOf, integerOf, memoryLimitOf, parsePartition, participantsOf } from "./join-options.ts";
import { memoryLimit } from "./memory-limit.ts";
import { parseServerAddress } from "./server-address.ts";

let folder = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "fl-client-options-"));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

describe("--partition", () => {
	test("counts from one, and may name several clients", () => {
		expect(parsePartition("1/5")).toEqual({ clients: [0], numClients: 5 });
		expect(parsePartition("5/5")).toEqual({ clients: [4], numClients: 5 });
		expect(parsePartition("2-4/5")).toEqual({ clients: [1, 2, 3], numClients: 5 });
	});

	test.each([
		"",
		"1",
		"0/5",
		"6/5",
		"3-2/5",
		"1-6/5",
		"1/0",
		"-1/5",
		"1/5/6",
		"a/b",
		" 1/5",
		"1.5/5",
		"1-2000/2000",
	])("refuses %s", (text) => {
		expect(() => parsePartition(text)).toThrow(/^--partition: found /);
	});
});

describe("who takes part", () => {
	test("is said by the partition, whose tokens are those of its clients", async () => {
		const tokens = [createToken(1), createToken(2)];
		await writeFile(join(folder, "tokens"), `${tokens.join("\n")}\n`);
		const args = { partition: "2-3/5", "token-file": join(folder, "tokens") };
		expect(await participantsOf(args, {})).toEqual({
			clients: [1, 2],
			data: { kind: "partition", numClients: 5, folder: undefined },
			tokens: new Map([
				[1, tokens[0]],
				[2, tokens[1]],
			]),
		});
	});

	test("is said by the token, or by --client", async () => {
		const environment = { FL_CLIENT_TOKEN: createToken(7) };
		expect(await participantsOf({ data: "mine" }, environment)).toMatchObject({
			clients: [7],
			data: { kind: "own", client: 7, folder: "mine" },
		});
		expect(await participantsOf({ data: "mine", client: 4 }, {})).toMatchObject({ clients: [4] });
	});

	test("is not guessed", async () => {
		await expect(participantsOf({}, {})).rejects.toMatchObject({ code: "FL_USAGE" });
		await expect(participantsOf({ data: "mine" }, {})).rejects.toThrow(/^--client: is missing/);
		const several = { FL_CLIENT_TOKEN: `${createToken(1)} ${createToken(2)}` };
		await expect(participantsOf({ data: "mine" }, several)).rejects.toThrow("several tokens");
		await expect(participantsOf({ partition: "1/2", client: 1 }, {})).rejects.toThrow(/^--client: is given/);
		await expect(participantsOf({ data: "mine", client: 1.5 }, {})).rejects.toThrow("found 1.5");
	});

	test("is shown by a token of a client, and no error repeats a token", async () => {
		const admin = createToken("admin");
		for (const token of ["nonsense", admin, createToken(1).slice(0, -1)]) {
			const failure = participantsOf({ partition: "1/2" }, { FL_CLIENT_TOKEN: token });
			await expect(failure).rejects.toMatchObject({ code: "FL_TOKEN" });
			await expect(failure).rejects.not.toThrow(token);
		}
		const missing = participantsOf({ partition: "1/2", "token-file": join(folder, "nowhere") }, {});
		await expect(missing).rejects.toMatchObject({ code: "FL_TOKEN" });
	});
});

test("the file of tokens goes before the variable", async () => {
	const token = createToken(3);
	await writeFile(join(folder, "token"), token);
	const environment = { FL_CLIENT_TOKEN: createToken(5) };
	const args = { data: "mine", "token-file": join(folder, "token") };
	expect((await participantsOf(args, environment)).clients).toEqual([3]);
});

test("numbers, sizes and backends are checked", () => {
	expect(integerOf({ nice: 19 }, "nice", { least: 0, most: 19 })).toBe(19);
	for (const nice of [20, -1, 1.5, "3"]) {
		expect(() => integerOf({ nice }, "nice", { least: 0, most: 19 })).toThrow(
			"expected an integer from 0 to 19",
		);
	}
	expect(memoryLimitOf({ "memory-limit": "2GB" })).toBe(2e9);
	expect(memoryLimitOf({})).toBeUndefined();
	expect(() => memoryLimitOf({ "memory-limit": "2" })).toThrow("expected a size such as 2GB");
	expect(backendOf({ backend: "wasm" })).toBe("wasm");
	expect(() => backendOf({ backend: "abacus" })).toThrow("expected one of onnxruntime, wasm");
});

test("a task that would exceed the memory limit is refused, with all numbers", () => {
	const limit = memoryLimit(500e6, () => 300e6);
	limit.check(200e6);
	expect(() => limit.check(201e6)).toThrow(
		"the client takes 300 MB of memory and needs 201 MB more for this task, its limit is 500 MB",
	);
	memoryLimit(undefined, () => 1e15).check(1e15);
});

describe("--server", () => {
	test.each([
		"ws://localhost:9000",
		"ws://127.0.0.1:9000",
		"ws://[::1]:9000",
		"wss://fl.example.org",
		"wss://10.0.0.1:9/",
	])("takes %s", (text) => {
		expect(parseServerAddress(text, { allowsInsecure: false }).href).toMatch(/^wss?:/);
	});

	test.each([
		["localhost:9000", "expected ws://HOST:PORT"],
		["http://localhost:9000", "expected ws://HOST:PORT"],
		["", "expected ws://HOST:PORT"],
		["wss://me:secret@host", "without user"],
		["ws://fl.example.org:9000", "not encrypted"],
		["ws://localhost.example.org", "not encrypted"],
		["ws://10.0.0.1", "not encrypted"],
	])("refuses %s", (text, problem) => {
		expect(() => parseServerAddress(text, { allowsInsecure: false })).toThrow(problem);
	});

	test("is not repeated when a password stands in it", () => {
		expect(() => parseServerAddress("wss://me:secret@host", { allowsInsecure: false })).not.toThrow("secret");
	});

	test("is another machine without encryption only where the user allows it", () => {
		expect(parseServerAddress("ws://10.0.0.1:9000", { allowsInsecure: true }).host).toBe("10.0.0.1:9000");
	});
});

import fs, { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StateValue } from "@fl-sim/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ClientStore, TaskOutcome } from "../session/index.ts";
import { stateFolder } from "./state-folder.ts";

let root = "";

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "fl-client-state-"));
});

afterEach(async () => {
	await rm(root, { recursive: true, force: true });
});

const run = "20260101_noniid";

function outcomeOf(task: string, state: StateValue, durable: string | null = null): TaskOutcome {
	const payload = new TextEncoder().encode(`result of ${task}`);
	const report = { trainLoss: 0.25, numExamples: 9, steps: 3 };
	return {
		task,
		input: { bytes: 7, crc32: task.length },
		reply: { status: "replied", payload, report, wallSeconds: 1.5 },
		state,
		durable,
	};
}

const stateOf = (value: number): StateValue => ({ drift: Float32Array.of(value, -value), rounds: value });

/** The only client's folder. */
let last: ClientStore | undefined;

/** The store of client 3, as its next process opens it. */
async function openStore(): Promise<ClientStore> {
	await last?.close();
	last = undefined;
	last = await stateFolder(root).open(run, 3);
	return last;
}

afterEach(async () => {
	await last?.close();
	last = undefined;
});

async function folder(): Promise<string> {
	const [name = ""] = await readdir(root);
	return join(root, name, "client-3");
}

test("states and the last two results come back, also after the process has ended", async () => {
	const store = await openStore();
	expect(await store.result("1")).toBeUndefined();
	expect(await store.state("1")).toBeUndefined();
	await store.save(outcomeOf("1", stateOf(1)));
	await store.save(outcomeOf("2", stateOf(2)));
	await store.save(outcomeOf("3", stateOf(3)));
	await store.save(outcomeOf("3", stateOf(3))); // takes the place of the one before
	for (const opened of [store, await openStore()]) {
		for (const number of [1, 2, 3]) expect(await opened.state(String(number))).toEqual(stateOf(number));
		expect(await opened.result("1")).toBeUndefined();
		for (const name of ["2", "3"]) {
			const { task, input, reply } = outcomeOf(name, null);
			expect(await opened.result(name)).toEqual({ task, input, reply, keepsState: true });
		}
	}
	expect((await readdir(await folder())).filter((file) => file.startsWith("result"))).toHaveLength(2);
});

test("a loss that is not finite and a client without a state are kept as they are", async () => {
	const outcome = outcomeOf("1", null);
	const report = { ...outcome.reply.report, trainLoss: Number.NaN };
	await (await openStore()).save({ ...outcome, reply: { ...outcome.reply, report } });
	const store = await openStore();
	expect(await store.result("1")).toMatchObject({
		keepsState: false,
		reply: { report: { trainLoss: Number.NaN } },
	});
	expect(await store.state("1")).toBeUndefined();
});

test("states before the durable one are removed, later ones stay, whatever their numbers", async () => {
	const store = await openStore();
	for (const task of ["9", "1", "5"]) await store.save(outcomeOf(task, stateOf(Number(task))));
	await store.save(outcomeOf("2", stateOf(2), "1"));
	expect(await store.state("9")).toBeUndefined();
	for (const task of ["1", "5", "2"]) expect(await store.state(task)).toEqual(stateOf(Number(task)));
	expect((await readdir(await folder())).filter((file) => file.startsWith("state"))).toHaveLength(3);
	// A task that is done once more, after the server went back, is the newest one.
	await store.save(outcomeOf("1", stateOf(11), "2"));
	expect(await store.state("1")).toEqual(stateOf(11));
	expect(await store.state("5")).toBeUndefined();
	await store.save(outcomeOf("3", stateOf(3), "unknown"));
	expect(await store.state("2")).toEqual(stateOf(2));
});

test("each client of each run has its own folder, and no name leads out of the root", async () => {
	const stores = stateFolder(join(root, "below"));
	for (const name of ["../../escape", "a/b", "a-b", "..", ""]) {
		for (const client of [0, 1]) {
			const store = await stores.open(name, client);
			await store.save(outcomeOf(`${name}${client}`, null));
			await store.close();
		}
	}
	expect(await readdir(root)).toEqual(["below"]);
	const runs = await readdir(join(root, "below"));
	expect(runs).toHaveLength(5);
	for (const name of runs)
		expect((await readdir(join(root, "below", name))).sort()).toEqual(["client-0", "client-1"]);
});

test("only this user can read states", async () => {
	const store = await openStore();
	await store.save(outcomeOf("1", stateOf(1)));
	for (const file of await readdir(await folder())) {
		expect((await stat(join(await folder(), file))).mode & 0o077, file).toBe(0);
	}
});

test("a damaged state is named, a damaged result is computed again", async () => {
	const store = await openStore();
	await store.save(outcomeOf("1", stateOf(1)));
	for (const file of await readdir(await folder())) {
		if (file === "index.json") continue;
		const bytes = await readFile(join(await folder(), file));
		bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
		await writeFile(join(await folder(), file), bytes);
	}
	await expect(store.state("1")).rejects.toMatchObject({
		code: "FL_CLIENT_STATE",
		message: expect.stringContaining("state-1.safetensors") as unknown,
	});
	expect(await store.result("1")).toBeUndefined();
});

test("an index that is none is named, and nothing is removed", async () => {
	await (await openStore()).save(outcomeOf("1", stateOf(1)));
	const before = await readdir(await folder());
	await writeFile(join(await folder(), "index.json"), '{"format":1}');
	await expect(openStore()).rejects.toMatchObject({
		code: "FL_CLIENT_STATE",
		message: expect.stringContaining("index.json") as unknown,
	});
	expect(await readdir(await folder())).toEqual(before);
});

/** What the file system does at the call of a given number, and at all later ones. */
type Fate = "hangs" | "half" | "full";

/**
 * Runs `use` with a file system that stops working after so many calls, until it is done or stuck; returns how many
 * calls there were.
 */
async function withFailingDisk(calls: number, fate: Fate, use: () => Promise<void>): Promise<number> {
	let count = 0;
	const stuck = Promise.withResolvers<void>();
	const original = { open: fs.open, rename: fs.rename, rm: fs.rm };
	async function gate<Result>(call: () => Promise<Result>, half?: () => Promise<unknown>): Promise<Result> {
		count += 1;
		if (count <= calls) return await call();
		if (fate === "half" && count === calls + 1) await half?.();
		// Killed: nothing after this happens any more.
		if (fate !== "full") {
			stuck.resolve();
			return await new Promise(() => undefined);
		}
		throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
	}
	fs.open = async (...args: Parameters<typeof fs.open>) => {
		const handle = await gate(() => original.open(...args));
		const write = handle.writeFile.bind(handle);
		const sync = handle.sync.bind(handle);
		handle.writeFile = (data: Buffer) =>
			gate(
				() => write(data),
				() => write(data.subarray(0, data.length / 2)),
			);
		handle.sync = () => gate(() => sync());
		return handle;
	};
	fs.rename = (...args: Parameters<typeof fs.rename>) => gate(() => original.rename(...args));
	if (fate !== "full") fs.rm = (...args: Parameters<typeof fs.rm>) => gate(() => original.rm(...args));
	syncBuiltinESMExports();
	try {
		await Promise.race([use(), stuck.promise]);
	} finally {
		Object.assign(fs, original);
		syncBuiltinESMExports();
	}
	return count;
}

async function saveTwo(): Promise<ClientStore> {
	const store = await openStore();
	await store.save(outcomeOf("1", stateOf(1)));
	await store.save(outcomeOf("2", stateOf(2), "1"));
	return store;
}

/** Either the third outcome is there as a whole or nothing of it is, and what was there before is in any case. */
async function expectWhole(): Promise<"before" | "after"> {
	const store = await openStore();
	expect(await store.state("2")).toEqual(stateOf(2));
	const third = await store.result("3");
	if (third === undefined) {
		expect(await store.state("1")).toEqual(stateOf(1));
		expect(await store.state("3")).toBeUndefined();
		expect((await store.result("2"))?.reply.payload).toEqual(outcomeOf("2", null).reply.payload);
	} else {
		expect(await store.state("3")).toEqual(stateOf(3));
		expect(third.reply.payload).toEqual(outcomeOf("3", null).reply.payload);
	}
	// What was left over is gone, and the next outcome finds room.
	expect(
		(await readdir(await folder())).filter(
			(file) => !/^(lock|index\.json|(state|result)-\d+\.\w+)$/.test(file),
		),
	).toEqual([]);
	await store.save(outcomeOf("4", stateOf(4), "2"));
	expect(await (await openStore()).state("4")).toEqual(stateOf(4));
	return third === undefined ? "before" : "after";
}

test.each(["hangs", "half"] as const)(
	"a client that is killed at any write (%s) finds all or nothing of it",
	async (fate) => {
		await saveTwo();
		const saved = await mkdtemp(join(tmpdir(), "fl-client-saved-"));
		await cp(root, saved, { recursive: true });
		const found: string[] = [];
		for (let calls = 0; ; calls++) {
			await rm(root, { recursive: true, force: true });
			await cp(saved, root, { recursive: true });
			const store = await openStore();
			const made = await withFailingDisk(calls, fate, () => store.save(outcomeOf("3", stateOf(3), "2")));
			found.push(await expectWhole());
			if (made <= calls) break;
		}
		await rm(saved, { recursive: true });
		expect(found.length).toBeGreaterThan(12);
		expect(new Set(found)).toEqual(new Set(["before", "after"]));
		expect(found.toSorted().reverse()).toEqual(found); // once it is there it stays there
	},
);

test("a full disk fails the task that meets it, and keeps what was there", async () => {
	await saveTwo();
	let failures = 0;
	for (let calls = 0; ; calls++) {
		const store = await openStore();
		let failure: unknown;
		const made = await withFailingDisk(calls, "full", async () => {
			await store.save(outcomeOf("3", stateOf(3), "1")).catch((error: unknown) => {
				failure = error;
			});
		});
		if (made <= calls) break;
		failures += 1;
		expect(failure).toMatchObject({ code: "FL_RUN_WRITE", fix: "Free space." });
		for (const opened of [store, await openStore()]) {
			expect(await opened.state("1")).toEqual(stateOf(1));
			expect(await opened.state("2")).toEqual(stateOf(2));
		}
	}
	expect(failures).toBeGreaterThan(8);
});

test("a folder that cannot be made is named", async () => {
	await writeFile(join(root, "file"), "");
	await expect(stateFolder(join(root, "file")).open(run, 3)).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		fix: expect.stringContaining("--state") as unknown,
	});
});

test("a client's folder is one process's alone until it is closed", async () => {
	const store = await openStore();
	await store.save(outcomeOf("1", stateOf(1)));
	await expect(stateFolder(root).open(run, 3)).rejects.toMatchObject({
		code: "FL_LOCKED",
		details: { pid: process.pid },
	});
	const other = await stateFolder(root).open(run, 4);
	await other.close();
	expect(await store.state("1")).toEqual(stateOf(1));
	expect(await (await openStore()).state("1")).toEqual(stateOf(1));
});

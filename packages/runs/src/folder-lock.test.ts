import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test } from "vitest";
import { lockFolder, lockName, withFolderLock } from "./folder-lock.ts";

let folder = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "fl-lock-"));
});

afterEach(async () => {
	await rm(folder, { recursive: true, force: true });
});

/** Another process that has the lock. */
async function holder(): Promise<ChildProcess> {
	const child = spawn(process.execPath, [join(import.meta.dirname, "lock-holder.fixture.ts"), folder], {
		stdio: ["ignore", "pipe", "inherit"],
	});
	onTestFinished(() => {
		child.kill("SIGKILL");
	});
	if (child.stdout !== null) await once(child.stdout, "data");
	return child;
}

test("a folder that another process has is refused with that process's number and the way out", async () => {
	const other = await holder();
	await expect(lockFolder(folder)).rejects.toMatchObject({
		code: "FL_LOCKED",
		exitCode: 2,
		message: expect.stringMatching(`: process ${other.pid} is using it, since 20`) as unknown,
		fix: `Wait for process ${other.pid} or end it; the lock ends with the process, and there is nothing to delete.`,
		details: { folder, pid: other.pid },
	});
	expect(JSON.parse(await readFile(join(folder, lockName), "utf8"))).toMatchObject({ host: hostname() });
});

test("the lock of a process that was killed with -9 is no lock", async () => {
	const other = await holder();
	other.kill("SIGKILL");
	await once(other, "exit");
	expect(await readFile(join(folder, lockName), "utf8")).toContain(`"pid":${other.pid}`);
	const lock = await lockFolder(folder);
	expect(await readFile(join(folder, lockName), "utf8")).toContain(`"pid":${process.pid}`);
	await lock.release();
});

test("of several that want it at once one gets it, and the next when it is released", async () => {
	const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
	const [held, ...others] = attempts.flatMap((attempt) =>
		attempt.status === "fulfilled" ? [attempt.value] : [],
	);
	expect(others).toEqual([]);
	await held?.release();
	expect(await withFolderLock(folder, undefined, () => Promise.resolve("done"))).toBe("done");
});

test("is released when what was to be done fails", async () => {
	const failing = withFolderLock(folder, undefined, () => Promise.reject(new Error("no luck")));
	await expect(failing).rejects.toThrow("no luck");
	await (await lockFolder(folder)).release();
});

test("a file of whatever content that nobody holds is no lock", async () => {
	for (const text of ["", "null", "{ not JSON", '{"pid":1}', "x".repeat(100_000)]) {
		await writeFile(join(folder, lockName), text);
		await (await lockFolder(folder)).release();
		expect(await readFile(join(folder, lockName), "utf8")).toBe("");
	}
});

test("a folder that is not there is named", async () => {
	await expect(lockFolder(join(folder, "none"))).rejects.toMatchObject({
		code: "FL_RUN_FOLDER",
		message: expect.stringContaining(join("none", lockName)) as unknown,
	});
});

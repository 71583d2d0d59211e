import { execFileSync } from "node:child_process";
import { statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./small-run.fixture.ts";

/** A real file system of 256 KB, in memory. Only root can mount one. */
export function mountSmallFileSystem(): string {
	const folder = temporaryFolder();
	call("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder);
	onTestFinished(() => call("umount", "-l", folder));
	return folder;
}

export function remountReadOnly(folder: string): void {
	call("mount", "-o", "remount,ro", folder);
}

/** Takes all space but `remaining` bytes, rounded down to pages. */
export function fillUp(folder: string, remaining: number): void {
	const { bavail, bsize } = statfsSync(folder);
	writeFileSync(join(folder, "filler"), new Uint8Array(bavail * bsize - remaining));
}

/** Why the tests with a small file system cannot run here; undefined when they can. */
export function whyNoMount(): string | undefined {
	if (process.platform !== "linux") return "needs Linux";
	try {
		call("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
		return undefined;
	} catch {
		return "needs the right to mount a file system";
	}
}

function call(program: string, ...args: readonly string[]): void {
	execFileSync(program, args, { stdio: "ignore" });
}

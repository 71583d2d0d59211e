import { execFile } from "node:child_process";
import { cpus, hostname } from "node:os";
import { promisify } from "node:util";
import type { MachineRecord, Manifest } from "./manifest.ts";

const run = promisify(execFile);

export function describeMachine(): MachineRecord {
	const processors = cpus();
	return {
		node: process.version,
		platform: `${process.platform} ${process.arch}`,
		host: hostname(),
		cpuModel: processors[0]?.model.trim() ?? "unknown",
		cpuCores: processors.length,
	};
}

/** The commit that `folder` is at, and whether tracked files differ from it; null without git or a repository. */
export async function describeCommit(folder: string): Promise<Manifest["git"]> {
	const settings = { cwd: folder, timeout: 5000 };
	try {
		const commit = await run("git", ["rev-parse", "HEAD"], settings);
		const changes = await run("git", ["status", "--porcelain", "--untracked-files=no"], settings);
		return { commit: commit.stdout.trim(), dirty: changes.stdout.trim() !== "" };
	} catch {
		return null;
	}
}

/** False when the process that wrote the run is known to be gone. */
export function isWriterAlive({ pid, machine }: Manifest): boolean {
	if (machine.host !== hostname()) return true;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}

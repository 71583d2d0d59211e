import { spawnSync } from "node:child_process";
import { peerFile, pythonEnvironment } from "./peer-python.ts";

export interface CommandTime {
	readonly wall: number;
	/** All processes that the command started, together. */
	readonly cpu: number;
	/** What its last line tells. */
	readonly accuracy: number;
}

/** Runs a whole command, in seconds. Its last line is JSON with `accuracy` or `finalAccuracy`. */
export function measureCommand(python: string, command: readonly string[]): CommandTime {
	const { status, stdout, stderr } = spawnSync(python, [peerFile("run_measured.py"), ...command], {
		encoding: "utf8",
		env: pythonEnvironment,
		maxBuffer: 2 ** 28,
	});
	if (status !== 0) throw new Error(`run_measured.py failed: ${stderr}`);
	const measured = JSON.parse(stdout) as {
		readonly status: number;
		readonly wallSeconds: number;
		readonly cpuSeconds: number;
		readonly stdout: string;
		readonly stderr: string;
	};
	if (measured.status !== 0) {
		throw new Error(
			`${command.slice(0, 2).join(" ")} ended with ${measured.status}: ${measured.stderr.slice(-2000)}`,
		);
	}
	const result = JSON.parse(measured.stdout.trim().split("\n").at(-1) ?? "") as {
		readonly accuracy?: number;
		readonly finalAccuracy?: number;
	};
	return {
		wall: measured.wallSeconds,
		cpu: measured.cpuSeconds,
		accuracy: result.finalAccuracy ?? result.accuracy ?? Number.NaN,
	};
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import type { ProbeQuestion, ProcessState } from "./process-probe.ts";

const probe = new URL("process-probe.ts", import.meta.url).href;

export interface ProgramSettings {
	/** Path of a program of this repository, and what it is told. */
	readonly command: readonly string[];
	/** Further options of Node: `--cpu-prof`. */
	readonly nodeOptions?: readonly string[];
	/** 0 normal to 19 lowest. */
	readonly nice?: number;
}

/** A process that is measured from outside. */
export interface MeasuredProcess {
	readonly child: ChildProcess;
	state(question?: ProbeQuestion): Promise<ProcessState>;
	/** Resident memory, now and at its highest so far, in bytes. */
	resident(): Promise<{ readonly now: number; readonly peak: number }>;
	/** What it printed, once it has ended. @throws Error unless it ended well */
	output(): Promise<string>;
	/** Ends it, if it still runs. */
	kill(): Promise<void>;
}

/** Starts a program of this repository with a probe in it. */
export function startMeasured({ command, nodeOptions = [], nice = 0 }: ProgramSettings): MeasuredProcess {
	const node = [process.execPath, "--expose-gc", "--import", probe, ...nodeOptions];
	const child = spawn("nice", ["-n", String(nice), ...node, ...command], {
		stdio: ["ignore", "pipe", "pipe", "ipc"],
	});
	const { stdout, stderr } = child;
	if (stdout === null || stderr === null) throw new Error("a process without output");
	const printed = Promise.all([text(stdout), text(stderr)]);
	const closed = once(child, "close");
	return {
		child,
		async state(question = "state") {
			const answer = once(child, "message");
			child.send(question);
			const [state] = (await answer) as [ProcessState];
			return state;
		},
		async resident() {
			const status = await readFile(`/proc/${child.pid}/status`, "utf8");
			const field = (name: string): number =>
				1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status)?.[1]);
			return { now: field("VmRSS"), peak: field("VmHWM") };
		},
		async output() {
			await closed;
			const [result, errors] = await printed;
			if (child.exitCode === 0 || child.exitCode === 130) return result;
			throw new Error(`${command.join(" ")} ended with ${child.exitCode}: ${errors.slice(-2000)}`);
		},
		async kill() {
			if (child.exitCode === null) child.kill("SIGKILL");
			await closed;
		},
	};
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";

const main = join(import.meta.dirname, "../../../packages/cli/src/main.ts");

export interface CommandResult {
	readonly code: number | null;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the real command, as a user would, on this Node or on another, with more environment variables. */
export async function flSim(
	args: readonly string[],
	node: string = process.execPath,
	environment: NodeJS.ProcessEnv = {},
): Promise<CommandResult> {
	const child = spawn(node, [main, ...args], {
		stdio: ["ignore", "pipe", "pipe"],
		env: { ...process.env, CI: "1", NO_COLOR: "1", ...environment },
	});
	const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
	const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
	return { code, stdout, stderr };
}

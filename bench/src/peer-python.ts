import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** Path of a program of `bench/peers`. */
export function peerFile(name: string): string {
	return fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
}

/** The interpreter that was asked for, else `PYTHON`, else the one of the environment that `bench/peers/README.md` makes. */
export function pythonPath(asked: string | undefined): string {
	return asked ?? process.env["PYTHON"] ?? peerFile(".venv/bin/python");
}

/** One thread per process: the steps are too small to be divided among cores. */
export const pythonEnvironment = { ...process.env, OMP_NUM_THREADS: "1", PYTHONWARNINGS: "ignore" };

/** The modules that are not installed; undefined when there is no interpreter. */
export function missingModules(python: string, modules: readonly string[]): string[] | undefined {
	const program =
		"import importlib.util as u, sys; print(*[m for m in sys.argv[1:] if u.find_spec(m) is None])";
	const { status, stdout } = spawnSync(python, ["-c", program, ...modules], { encoding: "utf8" });
	return status === 0 ? stdout.split(/\s+/).filter((name) => name !== "") : undefined;
}

/** Why a peer is left out and what to do about it; undefined when it can run. */
export function whyMissing(python: string, modules: readonly string[]): string | undefined {
	const missing = missingModules(python, modules);
	if (missing?.length === 0) return undefined;
	const found =
		missing !== undefined
			? `${python} has no module ${missing.join(", ")}`
			: existsSync(python)
				? `${python} does not run`
				: `there is no ${python}`;
	return `${found}; install it as bench/peers/README.md says, or name another interpreter with --python or PYTHON`;
}

export interface AskedProcess {
	/** Writes a request as a line of JSON, resolves to the answer in the next line. */
	ask(request: unknown): Promise<unknown>;
	close(): void;
}

/** Starts a program of `bench/peers` that answers requests, one line each. */
export function startAsked(python: string, program: string): AskedProcess {
	const child: ChildProcessByStdio<Writable, Readable, null> = spawn(python, [peerFile(program)], {
		stdio: ["pipe", "pipe", "inherit"],
		env: pythonEnvironment,
	});
	const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
	return {
		async ask(request) {
			child.stdin.write(`${JSON.stringify(request)}\n`);
			const { value, done } = await answers.next();
			if (done === true) throw new Error(`${program} ended without an answer`);
			return JSON.parse(value) as unknown;
		},
		close: () => child.stdin.end(),
	};
}

import { relative } from "node:path";
import { FlSimError } from "@fl-sim/core";
import { readRun } from "@fl-sim/runs";
import type { SimulationOptions, SimulationResult } from "@fl-sim/simulation";
import type { Argv } from "yargs";
import type { Arguments } from "./command.ts";
import { createView, type ViewMode } from "./view/view.ts";

/** Options that `run` and `resume` share. */
export function playOptions(parser: Argv): Argv {
	return parser
		.option("workers", {
			type: "number",
			describe: "Worker threads; 0 plays all clients in this thread",
			defaultDescription: "number of cores",
		})
		.option("quiet", { type: "boolean", default: false, describe: "Print the last line only" })
		.option("json", {
			type: "boolean",
			default: false,
			describe: "Print the result as one JSON object, and nothing else",
		});
}

/**
 * Shows a run while it goes on and how it ended. The first Ctrl-C ends it after the round under way, the second at
 * once; either way the last checkpoint can be resumed.
 *
 * @returns the exit code: 0, or 130 for an interrupted run.
 */
export async function play(
	args: Arguments,
	start: (options: SimulationOptions) => Promise<SimulationResult>,
): Promise<number> {
	const mode = viewModeOf(args);
	const view = createView(mode, {
		stream: process.stdout,
		width: process.stdout.columns ?? 80,
		color: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
	});
	const interrupts = listenForInterrupts((text) => view.note(text));
	let folder: string | undefined;
	try {
		const result = await start({
			workers: workersOf(args),
			commandLine: ["fl-sim", ...process.argv.slice(2)],
			finishRound: interrupts.finishRound,
			stopNow: interrupts.stopNow,
			onEvent(event) {
				if (event.type === "run.started") folder = event.run;
				view.onEvent(event);
			},
			onWarning: (warning) => process.stderr.write(`warning: ${warning}\n`),
		});
		if (mode === "json") {
			process.stdout.write(`${JSON.stringify(result)}\n`);
		} else {
			view.summary(readRun(result.run), { report: result.report ?? undefined, next: nextCommands(result) });
		}
		return result.status === "finished" ? 0 : 130;
	} catch (error) {
		throw folder === undefined ? error : withResumeHint(error, folder);
	} finally {
		view.close();
		interrupts.close();
	}
}

function viewModeOf(args: Arguments): ViewMode {
	if (args["json"] === true) return "json";
	if (args["quiet"] === true) return "quiet";
	return process.stdout.isTTY && process.env["CI"] === undefined ? "tty" : "plain";
}

function workersOf(args: Arguments): number | undefined {
	const workers = args["workers"];
	if (workers === undefined) return undefined;
	if (typeof workers === "number" && Number.isInteger(workers) && workers >= 0 && workers <= 256)
		return workers;
	throw new FlSimError(
		"FL_USAGE",
		`--workers: found ${JSON.stringify(workers)}, expected an integer from 0 to 256`,
	);
}

function nextCommands({ run, status }: SimulationResult): string[] {
	const folder = shortPath(run);
	return status === "interrupted"
		? [`fl-sim resume ${folder}`]
		: [`fl-sim export ${folder} --csv`, `fl-sim report ${folder} --figures png`];
}

function shortPath(folder: string): string {
	const path = relative(process.cwd(), folder);
	return path.startsWith("..") || path === "" ? folder : path;
}

/** A run that failed or was stopped can go on from its last checkpoint once the cause is mended. */
function withResumeHint(error: unknown, folder: string): unknown {
	if (!(error instanceof FlSimError)) return error;
	const hint = `Go on from the last checkpoint with \`fl-sim resume ${shortPath(folder)}\`.`;
	const { code, message, fix, details } = error;
	if (fix?.includes("fl-sim resume") === true) return error;
	return new FlSimError(code, message, {
		fix: fix === undefined ? hint : `${fix} ${hint}`,
		details,
		cause: error,
	});
}

interface Interrupts {
	readonly finishRound: AbortSignal;
	readonly stopNow: AbortSignal;
	close(): void;
}

function listenForInterrupts(tell: (text: string) => void): Interrupts {
	const finishRound = new AbortController();
	const stopNow = new AbortController();
	const onSignal = (): void => {
		if (!finishRound.signal.aborted) {
			tell("Ending after this round, with a checkpoint. Press Ctrl-C again to stop at once.");
			finishRound.abort();
		} else {
			stopNow.abort(new FlSimError("FL_RUN_INTERRUPTED", "the run was stopped in the middle of a round"));
		}
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return {
		finishRound: finishRound.signal,
		stopNow: stopNow.signal,
		close() {
			process.off("SIGINT", onSignal);
			process.off("SIGTERM", onSignal);
		},
	};
}

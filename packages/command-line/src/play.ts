import { relative } from "node:path";
import { FlSimError, type RunEvent } from "@fl-sim/core";
import { readRun } from "@fl-sim/runs";
import type { Argv } from "yargs";
import type { Arguments } from "./command.ts";
import { listenForInterrupts } from "./interrupts.ts";
import { createView, type ViewMode } from "./view/view.ts";

/** Options that every command which plays a run shares. */
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

/** What a run is told by the command line, and tells it. */
export interface PlayOptions {
	/** Worker threads; the number of cores unless given, 0 for none. */
	readonly workers: number | undefined;
	/** For the record. */
	readonly commandLine: readonly string[];
	/** Ends the run after the round under way, with a checkpoint. */
	readonly finishRound: AbortSignal;
	/** Ends the run at once; the last checkpoint stays. */
	readonly stopNow: AbortSignal;
	readonly onEvent: (event: RunEvent) => void;
	/** Shows a sentence for the user. */
	readonly onWarning: (warning: string) => void;
	/** Shows a sentence that is no warning, where the run is shown. */
	readonly onNote: (note: string) => void;
}

/** How a run ended; `--json` prints all of it. */
export interface PlayedRun {
	/** The run folder. */
	readonly run: string;
	readonly status: "finished" | "interrupted";
	/** The report, when one was written. */
	readonly report: string | null;
}

/** The program that plays. */
export interface Player {
	/** As it is called: `fl-sim`. */
	readonly program: string;
	/** The command that goes on with the run in a folder. */
	resumeCommand(folder: string): string;
}

/**
 * Shows a run while it goes on and how it ended. The first Ctrl-C ends it after the round under way, the second at
 * once; either way the last checkpoint can be resumed.
 *
 * @returns the exit code: 0, or 130 for an interrupted run.
 */
export async function play(
	player: Player,
	args: Arguments,
	start: (options: PlayOptions) => Promise<PlayedRun>,
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
			commandLine: [player.program, ...process.argv.slice(2)],
			finishRound: interrupts.finishRound,
			stopNow: interrupts.stopNow,
			onEvent(event) {
				if (event.type === "run.started") folder = event.run;
				view.onEvent(event);
			},
			onNote: (note) => view.note(note),
			onWarning: (warning) => process.stderr.write(`warning: ${warning}\n`),
		});
		if (mode === "json") {
			process.stdout.write(`${JSON.stringify(result)}\n`);
		} else {
			const next = nextCommands(player, result);
			view.summary(readRun(result.run), { report: result.report ?? undefined, next });
		}
		return result.status === "finished" ? 0 : 130;
	} catch (error) {
		throw folder === undefined ? error : withResumeHint(error, player.resumeCommand(shortPath(folder)));
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

function nextCommands(player: Player, { run, status }: PlayedRun): string[] {
	const folder = shortPath(run);
	return status === "interrupted"
		? [player.resumeCommand(folder)]
		: [`fl-sim export ${folder} --csv`, `fl-sim report ${folder} --figures png`];
}

function shortPath(folder: string): string {
	const path = relative(process.cwd(), folder);
	return path.startsWith("..") || path === "" ? folder : path;
}

/** A run that failed or was stopped can go on from its last checkpoint once the cause is mended. */
function withResumeHint(error: unknown, resumeCommand: string): unknown {
	if (!(error instanceof FlSimError)) return error;
	const { code, message, fix, details } = error;
	if (fix?.includes("run the scenario again") === true) return error; // there is nothing to go on from
	const hint = `Go on from the last checkpoint with \`${resumeCommand}\`.`;
	return new FlSimError(code, message, {
		fix: fix === undefined ? hint : `${fix} ${hint}`,
		details,
		cause: error,
	});
}

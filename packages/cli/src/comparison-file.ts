import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { type Arguments, listenForInterrupts } from "@fl-sim/command-line";
import {
	type Comparison,
	compareRuns,
	comparisonPage,
	playComparison,
	type RunOutcome,
	readComparedRuns,
} from "@fl-sim/comparison";
import { FlSimError, messageOf } from "@fl-sim/core";
import { formatDuration, formatPercent } from "@fl-sim/report/format";
import { type LoadedComparison, loadComparison } from "@fl-sim/scenario";
import { version } from "@fl-sim/simulation";

/** What playing a comparison file came to. */
export interface PlayedComparison {
	/** Of the runs that finished. */
	readonly comparison: Comparison;
	/** Runs whose training diverged. */
	readonly diverged: readonly { readonly label: string; readonly seed: number; readonly message: string }[];
	/** Whether every run is over. */
	readonly isComplete: boolean;
	/** The page that shows it. */
	readonly report: string;
}

/**
 * Plays what is missing of a comparison file, telling of each run in a line on stderr, and compares all of it.
 *
 * @throws FL_SCENARIO_* for mistakes in the file, before anything is played; FL_RUN_INTERRUPTED when it was stopped before
 * any run finished, FL_COMPARISON when none did
 */
export async function playComparisonFile(
	file: string,
	args: Arguments,
	{ parallel, targets }: { readonly parallel: number; readonly targets: readonly number[] },
): Promise<PlayedComparison> {
	const loaded = await loadComparison(file);
	const interrupts = listenForInterrupts(tell);
	const total = loaded.runs.length;
	let over = 0;
	tell(`${loaded.name}: ${total} runs, ${parallel} at a time`);
	let outcomes: readonly RunOutcome[];
	try {
		outcomes = await playComparison(loaded, {
			parallel,
			again: args["again"] === true,
			commandLine: ["fl-sim", ...process.argv.slice(2)],
			finishRound: interrupts.finishRound,
			stopNow: interrupts.stopNow,
			onOutcome(outcome) {
				over += 1;
				tell(`${String(over).padStart(String(total).length)} of ${total}  ${outcomeLine(outcome)}`);
			},
			onWarning: (warning) => tell(`warning: ${warning}`),
		});
	} finally {
		interrupts.close();
	}
	return await summaryOf(loaded, outcomes, targets.length > 0 ? targets : loaded.targets);
}

async function summaryOf(
	loaded: LoadedComparison,
	outcomes: readonly RunOutcome[],
	targets: readonly number[],
): Promise<PlayedComparison> {
	const finished = outcomes.filter(({ state }) => state === "finished" || state === "known");
	const folders = finished.flatMap(({ folder }) => (folder === undefined ? [] : [folder]));
	const runs = readComparedRuns(".", folders);
	const labels = new Map(
		finished.flatMap(({ planned: { label } }, index) => {
			const run = runs[index];
			return label === undefined || run === undefined ? [] : [[run.folder, label] as const];
		}),
	);
	const diverged = outcomes.filter(({ state }) => state === "diverged");
	const isComplete = finished.length + diverged.length === loaded.runs.length;
	if (runs.length === 0) throw nothingToCompare(loaded, isComplete);
	const comparison = compareRuns(runs, { targets, labels });
	const { name, description } = loaded;
	const page = comparisonPage(runs, comparison, { name, description, version, labels });
	return {
		comparison,
		report: await writePage(loaded, page),
		diverged: diverged.map(({ planned, message }) => ({
			label: nameOf(planned),
			seed: planned.loaded.scenario.seed,
			message: message ?? "",
		})),
		isComplete,
	};
}

function nothingToCompare({ file }: LoadedComparison, isComplete: boolean): FlSimError {
	return isComplete
		? new FlSimError("FL_COMPARISON", `${file}: the training of every run diverged`, {
				fix: "Lower clients.learningRate or set clients.clipNorm.",
			})
		: new FlSimError("FL_RUN_INTERRUPTED", `${file}: stopped before any run was over`, {
				fix: "The same command goes on.",
			});
}

/** Beside the runs: `runs/compare-noniid.html`. */
async function writePage({ name, runs }: LoadedComparison, page: string): Promise<string> {
	const file = join(runs[0]?.loaded.scenario.output.folder ?? ".", `${name}.html`);
	try {
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, page);
	} catch (cause) {
		throw new FlSimError("FL_RUN_WRITE", `${file}: cannot be written: ${messageOf(cause)}`, {
			fix: "Free disk space, or allow writing to the folder of runs.",
			details: { file },
			cause,
		});
	}
	return file;
}

function outcomeLine({ planned, state, folder, accuracy, seconds, message }: RunOutcome): string {
	const name = `${nameOf(planned)}, seed ${planned.loaded.scenario.seed}`;
	const where = folder === undefined ? "" : ` (${relative(process.cwd(), folder) || folder})`;
	switch (state) {
		case "known":
			return `${name}: there already${where}`;
		case "finished":
			return `${name}: ${accuracy === null ? "not evaluated" : formatPercent(accuracy)} in ${formatDuration(seconds)}${where}`;
		case "interrupted":
			return `${name}: interrupted; the same command goes on with it${where}`;
		case "diverged":
			return `${name}: ${message ?? "diverged"}`;
	}
}

function nameOf({ label, loaded }: RunOutcome["planned"]): string {
	return label ?? loaded.scenario.algorithm.name;
}

function tell(line: string): void {
	process.stderr.write(`${line}\n`);
}

import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { listRuns, type RunSummary } from "@fl-sim/runs";
import Table from "cli-table3";
import type { Argv } from "yargs";

/** `fl-sim runs`: what has been run, and how it went. */
export const command: CliCommand = {
	usage: "runs",
	describe: "List the runs, oldest first",
	configure(parser: Argv): Argv {
		return parser
			.option("root", { type: "string", default: "runs", describe: "Folder of the runs" })
			.option("json", { type: "boolean", default: false, describe: "Print the list as JSON" })
			.example("$0 runs", "Runs below runs/")
			.example("$0 runs --root results --json", "Runs below results/, for a program");
	},
	run(args: Arguments): Promise<number> {
		const root = String(args["root"]);
		const runs = listRuns(root);
		if (args["json"] === true) {
			process.stdout.write(`${JSON.stringify(runs.map(entryOf), null, "\t")}\n`);
		} else {
			process.stdout.write(runs.length === 0 ? `There are no runs below ${root}.\n` : `${tableOf(runs)}\n`);
		}
		return Promise.resolve(0);
	},
};

function entryOf(run: RunSummary) {
	const { manifest, folder, status, rounds, accuracy, upBytes, downBytes, wallSeconds } = run;
	const { id, name, algorithm, seed, startedAt } = manifest;
	return {
		id,
		folder,
		scenario: name,
		algorithm,
		seed,
		startedAt,
		status,
		rounds,
		plannedRounds: manifest.rounds,
		accuracy,
		upBytes,
		downBytes,
		wallSeconds,
	};
}

function tableOf(runs: readonly RunSummary[]): string {
	const table = new Table({
		head: ["Run", "Scenario", "Algorithm", "Rounds", "Accuracy", "MB up", "MB down", "Status", "Seconds"],
		colAligns: ["left", "left", "left", "right", "right", "right", "right", "left", "right"],
		style: { head: [], border: [] },
	});
	for (const { manifest, status, rounds, accuracy, upBytes, downBytes, wallSeconds } of runs) {
		table.push([
			manifest.id,
			manifest.name,
			manifest.algorithm,
			`${rounds}/${manifest.rounds}`,
			accuracy === null ? "–" : `${(accuracy * 100).toFixed(2)} %`,
			megabytes(upBytes),
			megabytes(downBytes),
			status,
			wallSeconds.toFixed(1),
		]);
	}
	return table.toString();
}

function megabytes(bytes: number): string {
	return (bytes / 1e6).toFixed(2);
}

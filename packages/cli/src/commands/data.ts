import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";
import {
	type DownloadProgress,
	datasetFolder,
	downloadDataset,
	findDataset,
	type NamedDataset,
	namedDatasets,
} from "@fl-sim/data";
import { Presets, SingleBar } from "cli-progress";
import type { Argv } from "yargs";

/** `fl-sim data list` and `fl-sim data get NAME`. */
export const command: CliCommand = {
	usage: "data <action> [name]",
	describe: "List the named data sets, or download one",
	configure(parser: Argv): Argv {
		return parser
			.positional("action", { choices: ["list", "get"] as const, describe: "What to do" })
			.positional("name", { type: "string", describe: "Data set to get" })
			.option("to", { type: "string", describe: "Folder for the files (default: where scenarios look)" })
			.option("from", {
				type: "string",
				describe: "Address of a folder with the files, instead of the mirrors",
			})
			.example("$0 data list", "Which data sets there are, and where")
			.example("$0 data get mnist", "Download MNIST");
	},
	async run(args: Arguments): Promise<number> {
		await (args["action"] === "list" ? list() : get(datasetOf(args["name"]), args));
		return 0;
	},
};

function datasetOf(name: unknown): NamedDataset {
	const found = namedDatasets.find((dataset) => dataset.name === name);
	if (found !== undefined) return found;
	const known = namedDatasets.map((dataset) => dataset.name).join(", ");
	const message =
		typeof name === "string" ? `Unknown data set "${name}"` : "The name of a data set is missing";
	throw new FlSimError("FL_USAGE", `${message}; known: ${known}`, {
		fix: "Run `fl-sim data get NAME` with one of these names.",
	});
}

async function list(): Promise<void> {
	const rows = [["NAME", "SIZE", "STATE", "TITLE"]];
	for (const dataset of namedDatasets as readonly NamedDataset[]) {
		const { folder, missing } = await findDataset(dataset, datasetFolder(dataset.name));
		const state = missing.length === 0 ? `in ${folder}` : "not here";
		rows.push([dataset.name, sizeText(dataset), state, dataset.title]);
	}
	const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	for (const row of rows) writeLine(row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
}

function sizeText({ provision }: NamedDataset): string {
	if (provision.kind === "manual") return "by hand";
	const files = provision.kind === "archive" ? [provision.archive] : provision.files;
	return megabytes(files.reduce((sum, file) => sum + file.size, 0));
}

async function get(dataset: NamedDataset, args: Arguments): Promise<void> {
	const progress = process.stdout.isTTY ? new ProgressBar() : new ProgressLines();
	const { to, from } = args;
	try {
		const { folder, downloaded, kept } = await downloadDataset(dataset, {
			...(typeof to === "string" ? { folder: to } : {}),
			...(typeof from === "string" ? { from } : {}),
			onProgress: (update) => progress.show(update),
		});
		progress.stop();
		for (const file of kept) writeLine(`${file}: already there`);
		writeLine(`${dataset.name}: ${downloaded.length} files downloaded, complete in ${folder}`);
	} finally {
		progress.stop();
	}
}

/** One line per file, when it is complete. */
class ProgressLines {
	show({ file, received, total }: DownloadProgress): void {
		if (received === total) writeLine(`${file}: ${megabytes(total)} received`);
	}

	stop(): void {}
}

/** One moving bar per file. */
class ProgressBar {
	#bar: SingleBar | undefined;
	#file: string | undefined;

	show({ file, received, total }: DownloadProgress): void {
		if (this.#file !== file) {
			this.stop();
			this.#file = file;
			const format = `${file} {bar} {percentage}% of ${megabytes(total)}, {eta_formatted} left`;
			this.#bar = new SingleBar({ format, stream: process.stdout }, Presets.shades_classic);
			this.#bar.start(total, received);
		}
		this.#bar?.update(received);
	}

	stop(): void {
		this.#bar?.stop();
		this.#bar = undefined;
	}
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(bytes < 1e5 ? 3 : 1)} MB`;
}

function writeLine(line: string): void {
	process.stdout.write(`${line}\n`);
}

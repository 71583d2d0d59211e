import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { FlSimError, messageOf } from "@fl-sim/core";
import {
	describeFederatedData,
	openFederatedData,
	type PartitionSummary,
	renderHeatMapSvg,
	renderHeatMapText,
	type SkewMeasures,
	type Spread,
	summarizePartition,
	type TerminalColor,
} from "@fl-sim/data";
import { svgToPng } from "@fl-sim/report";
import { loadScenario, locateError } from "@fl-sim/scenario";
import Table from "cli-table3";
import type { Argv } from "yargs";

/** Columns of an output that is no terminal. */
const standardWidth = 100;

/** `fl-sim partition SCENARIO`: who owns which classes, before any training. */
export const command: CliCommand = {
	usage: "partition <scenario>",
	describe: "Show how a scenario divides its data among the clients",
	configure(parser: Argv): Argv {
		return parser
			.positional("scenario", { type: "string", demandOption: true, describe: "Scenario file" })
			.option("svg", { type: "string", describe: "Write the heat map as SVG to this file" })
			.option("png", { type: "string", describe: "Write the heat map as PNG to this file" })
			.option("dark", { type: "boolean", default: false, describe: "Dark background for SVG and PNG" })
			.option("json", { type: "boolean", default: false, describe: "Print counts and measures as JSON" })
			.option("round", { type: "number", default: 1, describe: "Round to show; matters when labels drift" })
			.option("set", {
				type: "string",
				array: true,
				default: [],
				describe: "Change a field, such as partition.alpha=0.1",
			})
			.example("$0 partition scenarios/noniid.yaml", "Heat map and skew measures in the terminal")
			.example("$0 partition scenarios/noniid.yaml --png skew.png", "The same as a picture");
	},
	async run(args: Arguments): Promise<number> {
		const summary = await summaryOf(args);
		const { svg, png, json, dark } = args;
		if (typeof svg === "string" || typeof png === "string") {
			const picture = renderHeatMapSvg(summary, { background: dark === true ? "dark" : "light" });
			if (typeof svg === "string") await writeOutput(svg, picture);
			if (typeof png === "string") await writeOutput(png, svgToPng(picture));
		}
		process.stdout.write(json === true ? `${JSON.stringify(summary)}\n` : textOf(summary));
		return 0;
	},
};

async function summaryOf(args: Arguments): Promise<PartitionSummary> {
	const set = Array.isArray(args["set"]) ? args["set"].map(String) : [];
	const round = typeof args["round"] === "number" ? args["round"] : 1;
	const loaded = await loadScenario(String(args["scenario"]), { set });
	const { dataset, partition, clients, seed } = loaded.scenario;
	try {
		const settings = { dataset, partition, numClients: clients.number, seed, baseFolder: loaded.baseFolder };
		const data = openFederatedData(await describeFederatedData(settings));
		return summarizePartition(data, { round });
	} catch (error) {
		throw locateError(error, loaded);
	}
}

function textOf(summary: PartitionSummary): string {
	const width = process.stdout.columns ?? standardWidth;
	const heatMap = renderHeatMapText(summary, { width, color: terminalColor() });
	const counted = summary.clients.length;
	const sample = counted < summary.numClients ? `Measured on ${counted} evenly spaced clients\n` : "";
	return `${heatMap}\n${skewTable(summary.skew)}\n${sample}`;
}

function terminalColor(): TerminalColor {
	if (!process.stdout.isTTY) return "none";
	const depth = process.stdout.getColorDepth();
	if (depth >= 24) return "24-bit";
	return depth >= 8 ? "256" : "none";
}

function skewTable(skew: SkewMeasures): string {
	const table = new Table({
		head: ["", "mean", "min", "max"],
		colAligns: ["left", "right", "right", "right"],
		style: { head: [], border: [] },
		chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
	});
	const add = (name: string, spread: Spread, digits: number): void => {
		table.push([name, ...[spread.mean, spread.min, spread.max].map((value) => value.toFixed(digits))]);
	};
	add("Total-variation distance to all clients' labels", skew.totalVariation, 3);
	add("Jensen-Shannon divergence (bits)", skew.jensenShannon, 3);
	add("Effective number of classes", skew.effectiveClasses, 2);
	add("Classes present", skew.classesPresent, 1);
	add("Share of the largest class", skew.largestShare, 3);
	add("Examples", skew.sizes, 0);
	const { total, median, gini } = skew.sizes;
	return `${table.toString()}\nExamples in all: ${total}, median ${median}, Gini coefficient ${gini.toFixed(3)}`;
}

async function writeOutput(file: string, content: string | Uint8Array): Promise<void> {
	try {
		await mkdir(dirname(resolve(file)), { recursive: true });
		await writeFile(file, content);
	} catch (cause) {
		throw new FlSimError("FL_USAGE", `${file} cannot be written: ${messageOf(cause)}`, {
			fix: "Name a file in a folder that you may write to.",
			details: { file },
			cause,
		});
	}
}

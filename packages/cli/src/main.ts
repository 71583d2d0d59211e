#!/usr/bin/env node
import { runProgram } from "@fl-sim/command-line/program";
import { commandTable } from "./command-table.ts";

await runProgram({
	name: "fl-sim",
	title: "federated-learning simulator",
	manifest: new URL("../package.json", import.meta.url),
	usage: ["fl-sim SCENARIO [options]     runs a scenario file", "fl-sim COMMAND [options]"],
	examples: [
		"fl-sim scenarios/noniid.yaml",
		"fl-sim scenarios/noniid.yaml --set partition.alpha=0.1 --set rounds=10",
		"fl-sim explain scenarios/noniid.yaml",
		"fl-sim run --help",
	],
	commands: commandTable,
	fileCommand: "run",
	hint: (word) => `A scenario file is named with its ending: \`fl-sim ${word}.yaml\`.`,
});

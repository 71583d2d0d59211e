#!/usr/bin/env node
import { runProgram } from "@fl-sim/command-line/program";
import { commandTable } from "./command-table.ts";

await runProgram({
	name: "fl-server",
	title: "runs a federated-learning scenario with clients on other machines",
	manifest: new URL("../package.json", import.meta.url),
	usage: ["fl-server SCENARIO [options]     serves a scenario file", "fl-server COMMAND [options]"],
	examples: [
		"fl-server scenarios/noniid.yaml --set clients.number=5 --port 9000",
		"fl-server tokens issue --client 0-9",
		"fl-server tokens --help",
	],
	commands: commandTable,
	fileCommand: "serve",
});

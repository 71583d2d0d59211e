#!/usr/bin/env node
import { runProgram } from "@fl-sim/command-line/program";

await runProgram({
	name: "fl-client",
	title: "takes part in the run of a server with data that stays here",
	manifest: new URL("../package.json", import.meta.url),
	usage: [
		"fl-client --server ADDRESS --partition i/n [options]",
		"fl-client --server ADDRESS --data DIR [options]",
	],
	examples: [
		"fl-client --server ws://localhost:9000 --partition 1/5",
		"fl-client --server wss://fl.example.org --data ./mine --token-file token",
		"fl-client join --help",
	],
	commands: [
		{
			name: "join",
			describe: "Take part in the run of a server",
			load: async () => (await import("./commands/join.ts")).command,
		},
	],
});

#!/usr/bin/env node
import { runProgram } from "@fl-sim/command-line/program";

await runProgram({
	name: "fl-client",
	title: "takes part in the run of a server with data that stays here",
	manifest: new URL("../package.json", import.meta.url),
	usage: ["fl-client COMMAND [options]"],
	examples: ["fl-client --version"],
	commands: [],
});

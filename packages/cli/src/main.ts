#!/usr/bin/env node
import { enableCompileCache } from "node:module";

// Help and version load next to nothing; everything else is imported when it is needed.
const [first, ...others] = process.argv.slice(2);

for (const stream of [process.stdout, process.stderr]) {
	// `fl-sim runs | head`: when the reader is gone, what is left is written to nowhere.
	stream.on("error", (error: NodeJS.ErrnoException) => {
		if (error.code !== "EPIPE") throw error;
	});
}

async function fail(error: unknown): Promise<number> {
	const { printError } = await import("./print-error.ts");
	return printError(error);
}

process.on("uncaughtException", (error: unknown) => {
	void fail(error).then((code) => process.exit(code));
});

if (first === undefined || first === "help" || first === "--help" || first === "-h") {
	const [{ commandTable }, { topLevelHelp }] = await Promise.all([
		import("./command-table.ts"),
		import("./top-level-help.ts"),
	]);
	process.stdout.write(topLevelHelp(commandTable));
} else if ((first === "--version" || first === "-v") && others.length === 0) {
	const { readFileSync } = await import("node:fs");
	const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
	const version =
		typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
	process.stdout.write(`${String(version)}\n`);
} else {
	enableCompileCache();
	try {
		const { runCli } = await import("./run-cli.ts");
		process.exitCode = await runCli(process.argv.slice(2));
	} catch (error) {
		process.exitCode = await fail(error);
	}
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";

/** The script of a run's page: the same for every run. */
export interface PageScript {
	readonly code: string;
	/** Source expression of a content security policy that allows this script and no other. */
	readonly hash: string;
}

let cached: PageScript | undefined;

/** Bundles the browser code with its chart library; done once in a process. */
export function pageScript(): PageScript {
	cached ??= buildScript();
	return cached;
}

/** The style sheet of every page. */
export function pageStyle(): string {
	const chartStyle = createRequire(import.meta.url).resolve("uplot/dist/uPlot.min.css");
	return [chartStyle, fileURLToPath(new URL("style.css", import.meta.url))]
		.map((file) => readFileSync(file, "utf8").trim())
		.join("\n");
}

function buildScript(): PageScript {
	const { outputFiles } = buildSync({
		entryPoints: [fileURLToPath(new URL("../browser/report.ts", import.meta.url))],
		bundle: true,
		minify: true,
		write: false,
		format: "iife",
		target: "es2022",
		charset: "utf8",
		legalComments: "none",
		logLevel: "silent",
		tsconfigRaw: {},
	});
	// "</script" can stand in the code only inside a string, where the backslash changes nothing.
	const code = (outputFiles[0]?.text ?? "").trim().replaceAll("</script", "<\\/script");
	return { code, hash: `sha256-${createHash("sha256").update(code).digest("base64")}` };
}

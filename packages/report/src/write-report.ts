import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FlSimError, messageOf } from "@fl-sim/core";
import { type RunRecord, runFile } from "@fl-sim/runs";
import { svgToPng } from "./figure/png.ts";
import { renderReport } from "./page/page.ts";
import { renderFigures } from "./render-figures.ts";

export const figureFormats = ["svg", "png"] as const;
export type FigureFormat = (typeof figureFormats)[number];

/** Writes `report.html` into the run's folder. Resolves to its path. @throws FL_RUN_WRITE */
export async function writeReport(record: RunRecord): Promise<string> {
	const file = runFile(record.folder, "report");
	await write(file, () => writeFile(file, renderReport(record)));
	return file;
}

/** Writes the run's figures into `figures/` in its folder. Resolves to their paths. @throws FL_RUN_WRITE */
export async function writeFigures(record: RunRecord, format: FigureFormat): Promise<readonly string[]> {
	const folder = join(record.folder, "figures");
	const files: string[] = [];
	await write(folder, () => mkdir(folder, { recursive: true }));
	for (const { name, svg } of renderFigures(record)) {
		const file = join(folder, `${name}.${format}`);
		await write(file, () => writeFile(file, format === "svg" ? svg : svgToPng(svg)));
		files.push(file);
	}
	return files;
}

async function write(file: string, action: () => Promise<unknown>): Promise<void> {
	try {
		await action();
	} catch (cause) {
		throw new FlSimError("FL_RUN_WRITE", `${file}: cannot be written: ${messageOf(cause)}`, {
			fix: "Free disk space, or allow writing to the run's folder.",
			details: { file },
			cause,
		});
	}
}

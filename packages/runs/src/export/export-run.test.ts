import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { expect, test } from "vitest";
import { newRun, recordRounds, temporaryFolder } from "../small-run.fixture.ts";
import { exportRun } from "./export-run.ts";
import { tensorboardRecords } from "./tensorboard.ts";

async function smallRun() {
	const run = await newRun(temporaryFolder());
	await recordRounds(run.path, 1, 2);
	return run;
}

test("a CSV export has one row for each value", async () => {
	const { path, manifest } = await smallRun();
	const to = join(temporaryFolder(), "new", "folder");
	const file = await exportRun(path, { format: "csv", to });
	expect(file).toBe(join(to, `${manifest.id}.csv`));
	const lines = readFileSync(file, "utf8").trimEnd().split("\n");
	expect(lines[0]).toBe("run,seed,round,metric,value,wallSeconds");
	expect(lines).toContain(`${manifest.id},7,2,clients/accuracy_worst_decile,0.5,0.5`);
	expect(lines.filter((line) => line.includes(",train/loss,"))).toEqual([
		`${manifest.id},7,1,train/loss,1,0.25`,
	]);
});

test("a Parquet export holds the same values as the CSV", async () => {
	const { path } = await smallRun();
	const csv = readFileSync(await exportRun(path, { format: "csv" }), "utf8");
	const parquet = await exportRun(path, { format: "parquet" });
	expect(parquet.startsWith(join(path, "export"))).toBe(true);
	const rows = await parquetReadObjects({ file: await asyncBufferFromFile(parquet) });
	expect(rows.map((row) => Object.values(row).join(","))).toEqual(csv.trimEnd().split("\n").slice(1));
});

test("a TensorBoard export lies in a folder of the run's name", async () => {
	const { path, manifest } = await smallRun();
	const to = temporaryFolder();
	const file = await exportRun(path, { format: "tensorboard", to });
	const seconds = Math.floor(Date.parse(manifest.startedAt) / 1000);
	expect(file).toBe(join(to, manifest.id, `events.out.tfevents.${seconds}.fl-sim`));
	const content = readFileSync(file, "latin1");
	expect(content).toContain("brain.Event:2");
	for (const tag of ["train/loss", "eval/accuracy", "comm/up_bytes_total"]) expect(content).toContain(tag);
});

/** Checked with TensorBoard 2.21: its EventAccumulator reads these values, steps and times, and all checksums hold. */
const golden =
	"GAAAAAAAAACjf0siCQAAIED8VNlBGg1icmFpbi5FdmVudDoyKzUxECMAAAAAAAAAsJ93QwkAACBA/FTZQRAAKhYKFAoNZXZhbC9hY2N1cmFjeRXNzMw992ZzKioAAAAAAAAAro2R9QkAAJBC/FTZQRCsAiocChoKE2NvbW0vdXBfYnl0ZXNfdG90YWwVAAAAUASDrHA=";

test("the bytes of a TensorBoard file are fixed", () => {
	const records = tensorboardRecords(1_700_000_000.5, [
		{ tag: "eval/accuracy", step: 0, value: 0.1, wallTime: 1_700_000_000.5 },
		{ tag: "comm/up_bytes_total", step: 300, value: 2 ** 33, wallTime: 1_700_000_010.25 },
	]);
	expect(Buffer.concat([...records]).toString("base64")).toBe(golden);
});

test("an export that cannot be written names its place", async () => {
	const { path } = await smallRun();
	const to = join(temporaryFolder(), "file");
	writeFileSync(to, "");
	await expect(exportRun(path, { format: "csv", to })).rejects.toMatchObject({ code: "FL_RUN_WRITE" });
	expect(existsSync(join(path, "export"))).toBe(false);
});

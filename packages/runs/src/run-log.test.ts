import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runFile } from "./run-files.ts";
import { createRunLogger } from "./run-log.ts";
import { temporaryFolder } from "./small-run.fixture.ts";

test("lines of the asked level and above are appended as JSON", () => {
	const folder = temporaryFolder();
	for (const level of ["info", "debug"] as const) {
		const log = createRunLogger(folder, { level });
		log.logger.debug("detail");
		log.logger.warn({ round: 3 }, "a client is slow");
		log.close();
	}
	const lines = readFileSync(runFile(folder, "log"), "utf8").trimEnd().split("\n");
	expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
		expect.objectContaining({ msg: "a client is slow", round: 3, level: 40 }),
		expect.objectContaining({ msg: "detail" }),
		expect.objectContaining({ msg: "a client is slow" }),
	]);
});

test("a log that cannot be opened is named", () => {
	const folder = join(temporaryFolder(), "missing");
	expect(() => createRunLogger(folder)).toThrow(
		/log\.ndjson: could not be written: there is no such file or folder/,
	);
});

test.skipIf(process.platform !== "linux")("a full disk does not end the process, closing tells", () => {
	const folder = temporaryFolder();
	symlinkSync("/dev/full", runFile(folder, "log"));
	const log = createRunLogger(folder);
	log.logger.info("lost");
	expect(() => log.close()).toThrow(/log\.ndjson: could not be written: no space is left on the device/);
});

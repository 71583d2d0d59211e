import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createServerLog, logDestination } from "./server-log.ts";

test("headers and messages may be logged without giving secrets away", () => {
	const lines: string[] = [];
	const place = { run: "a run", round: 3 };
	const log = createServerLog({ write: (line) => lines.push(line) }, () => place);
	log.info({ req: { url: "/x", headers: { authorization: "Bearer abc", host: "h" } } }, "request");
	place.round = 4;
	log.info({ hello: { client: 3, proof: "abc" } }, "hello");
	log.warn(
		{ secret: "abc", storedKey: "abc", entry: { storedKey: "abc" }, headers: { cookie: "abc" } },
		"all",
	);
	expect(lines.join("")).not.toContain("abc");
	expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
		expect.objectContaining({ run: "a run", round: 3, req: expect.objectContaining({ url: "/x" }) }),
		expect.objectContaining({ round: 4, hello: { client: 3, proof: "(removed)" } }),
		expect.objectContaining({ msg: "all", secret: "(removed)" }),
	]);
});

test("what peers say is in the log to be read, not to be obeyed by a terminal", () => {
	const lines: string[] = [];
	const log = createServerLog({ write: (line) => lines.push(line) }, () => ({}));
	const said = 'client\u001b[2J\n{"msg":"forged"}\u009b31m\u202e';
	log.warn({ detail: said, [said]: 1 }, said);
	expect(lines).toHaveLength(1);
	expect(lines[0]?.trimEnd()).toMatch(/^[ -~]+$/);
	expect(JSON.parse(lines[0] ?? "")).toMatchObject({ detail: said, msg: said, [said]: 1 });
});

test("a log goes into the file that is named, which must be writable", async () => {
	const folder = await mkdtemp(join(tmpdir(), "fl-server-log-"));
	onTestFinished(() => rm(folder, { recursive: true }));
	const file = join(folder, "server.log");
	for (const text of ["one", "two"]) createServerLog(logDestination(file), () => ({})).info(text);
	expect((await readFile(file, "utf8")).trim().split("\n")).toHaveLength(2);
	expect(() => logDestination(join(folder, "no", "server.log"))).toThrowError(
		expect.objectContaining({ code: "FL_USAGE", message: expect.stringContaining("server.log") }),
	);
});

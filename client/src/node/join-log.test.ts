import { expect, test } from "vitest";
import { joinLog } from "./join-log.ts";

/** What a hostile server may say. */
const said = "\u001b[2Jgone\n12:00:00  all is well\u009b0m";

function linesOf(isPretty: boolean): string[] {
	const lines: string[] = [];
	const log = joinLog({ isQuiet: false, isPretty, write: (text) => lines.push(text) });
	log.info({ client: 3 }, "task train of round 2 begins");
	log.warn({ client: 4 }, "client 4: the connection broke");
	log.info({ dataset: "glyphs" }, "opening data and model");
	return lines;
}

test("lines for people say whose they are, once", () => {
	expect(linesOf(true).map((line) => line.slice(10))).toEqual([
		"client 3: task train of round 2 begins\n",
		"warning: client 4: the connection broke\n",
		"opening data and model\n",
	]);
});

test("lines for programs have the client as a field", () => {
	expect(JSON.parse(linesOf(false)[0] ?? "")).toMatchObject({
		client: 3,
		msg: "task train of round 2 begins",
	});
});

test.each([true, false])("a server's words are one line that no terminal obeys (pretty: %s)", (isPretty) => {
	const lines: string[] = [];
	const log = joinLog({ isQuiet: false, isPretty, write: (text) => lines.push(text) });
	log.warn({ client: 1, reason: said }, said);
	expect(lines).toHaveLength(1);
	expect(lines[0]).toMatch(/^[ -~]+\n$/);
	if (!isPretty) expect(JSON.parse(lines[0] ?? "")).toMatchObject({ msg: said, reason: said });
});

import { expect, test } from "vitest";
import { joinLog } from "./join-log.ts";

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

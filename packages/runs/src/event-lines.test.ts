import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import type { RunEvent } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEvent, encodeEvent, readEvents } from "./event-lines.ts";
import { runFile } from "./run-files.ts";
import { opening, roundEvents, temporaryFolder } from "./small-run.fixture.ts";

const events = [...opening, ...roundEvents(1)];

test("numbers that JSON lacks become strings and come back", () => {
	const special = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0];
	fc.assert(
		fc.property(fc.oneof(fc.double(), fc.constantFrom(...special)), fc.string(), (loss, message) => {
			const evaluated: RunEvent = {
				type: "evaluated.clients",
				round: 1,
				clients: [{ client: 0, accuracy: 0.5, loss, numExamples: 2 }],
				wallSeconds: loss,
			};
			const failed: RunEvent = { type: "run.failed", round: 1, code: "NaN", message };
			for (const event of [evaluated, failed]) {
				expect(decodeEvent(encodeEvent(event).trimEnd())).toStrictEqual(event);
			}
		}),
	);
	expect(encodeEvent({ type: "run.failed", round: -0, code: "", message: "NaN" })).toBe(
		'{"type":"run.failed","round":"-0","code":"","message":"NaN"}\n',
	);
});

test("text that is no event is none", () => {
	for (const text of ["", "{", "null", "3", "[]", "{}", '{"type":"constructor"}', '{"type":1}']) {
		expect(decodeEvent(text)).toBeUndefined();
	}
});

test("a run without events has none, and lines longer than any buffer are read", () => {
	const folder = temporaryFolder();
	expect([...readEvents(folder)]).toEqual([]);
	const message = "é".repeat(100_000);
	const long: RunEvent = { type: "run.failed", round: 1, code: "FL_USAGE", message };
	const lines = [opening[0] as RunEvent, long, opening[1] as RunEvent];
	writeFileSync(runFile(folder, "events"), lines.map(encodeEvent).join(""));
	expect([...readEvents(folder)].map(({ event }) => event)).toEqual(lines);
	expect([...readEvents(folder)].at(-1)?.end).toBe(lines.map(encodeEvent).join("").length + 100_000);
});

test("a torn last line is passed over; a damaged line before others is named", () => {
	const folder = temporaryFolder();
	const file = runFile(folder, "events");
	writeFileSync(file, events.map(encodeEvent).join(""));
	appendFileSync(file, '{"type":"round.st');
	expect([...readEvents(folder)].map(({ event }) => event)).toEqual(events);
	appendFileSync(file, `arted"\n${encodeEvent(events[0] as RunEvent)}`);
	expect(() => [...readEvents(folder)]).toThrow(`${file}:${events.length + 1}: this line is not an event`);
	expect([...readEvents(folder, { stopAtDamage: true })].map(({ event }) => event)).toEqual(events);
});

test("an event file that cannot be read is named", () => {
	const folder = temporaryFolder();
	mkdirSync(runFile(folder, "events"));
	expect(() => [...readEvents(folder)]).toThrow(/events\.jsonl: cannot be read/);
});

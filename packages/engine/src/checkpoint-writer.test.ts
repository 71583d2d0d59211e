import type { RunEvent } from "@fl-sim/core";
import { expect, test } from "vitest";
import { checkpointWriter } from "./checkpoint-writer.ts";

/** A disk that finishes a checkpoint when the test says so. */
function slowDisk() {
	const waiting: { readonly round: number; finish(): void; fail(error: Error): void }[] = [];
	const events: RunEvent[] = [];
	const writer = checkpointWriter(
		({ round }: { readonly round: number }) =>
			new Promise<string>((resolve, reject) => {
				waiting.push({ round, finish: () => resolve(`file ${round}`), fail: reject });
			}),
		(event) => events.push(event),
	);
	return { waiting, events, writer };
}

test("the run goes on while a checkpoint is written, and the next one waits for it", async () => {
	const { waiting, events, writer } = slowDisk();
	await writer.write({ round: 1 });
	expect(waiting.map(({ round }) => round)).toEqual([1]);
	const second = writer.write({ round: 2 });
	await Promise.resolve();
	expect(waiting).toHaveLength(1);
	waiting[0]?.finish();
	await second;
	expect(waiting.map(({ round }) => round)).toEqual([1, 2]);
	expect(events).toEqual([{ type: "checkpoint.written", round: 1, file: "file 1" }]);
	waiting[1]?.finish();
	await writer.settle();
	await writer.settle();
	expect(events.map((event) => "round" in event && event.round)).toEqual([1, 2]);
});

test("a checkpoint that fails is told where it is waited for, once", async () => {
	const { waiting, events, writer } = slowDisk();
	await writer.write({ round: 1 });
	waiting[0]?.fail(new Error("full"));
	await expect(writer.write({ round: 2 })).rejects.toThrow("full");
	expect(waiting).toHaveLength(1);
	await writer.settle();
	expect(events).toEqual([]);
});

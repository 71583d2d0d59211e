import { FlSimError } from "@fl-sim/core";
import { reportMessage } from "@fl-sim/protocol";
import { z } from "zod";

const count = z.int().min(0);
const identity = { bytes: count, crc32: count };
const storedFile = z.strictObject({ file: z.string().regex(/^(?:state|result)-\d+\.\w+$/), ...identity });

const storedResult = z.strictObject({
	task: z.string(),
	input: z.strictObject(identity),
	report: reportMessage,
	wallSeconds: z.number(),
	keepsState: z.boolean(),
	...storedFile.shape,
});

const storeIndex = z.strictObject({
	format: z.literal(1),
	run: z.string(),
	client: count,
	/** Number for the next files. */
	next: count,
	/** Own states, in the order in which their tasks were done. */
	states: z.array(z.strictObject({ task: z.string(), ...storedFile.shape })),
	/** The answer to the last task. */
	result: storedResult.nullable(),
	/** The answer to the task before: a server that was killed while it wrote a checkpoint asks for both again. */
	resultBefore: storedResult.nullable().default(null),
});

/** What lies in a client's folder and counts; other files there were not finished. */
export type StoreIndex = z.output<typeof storeIndex>;
export type StoredFile = z.output<typeof storedFile>;

/** @throws FL_CLIENT_STATE for a text that is not an index */
export function parseStoreIndex(text: string, file: string): StoreIndex {
	try {
		return storeIndex.parse(JSON.parse(text));
	} catch (cause) {
		throw new FlSimError("FL_CLIENT_STATE", `${file}: it is not the index of a client's states`, {
			fix: "Restore the file, or move its folder away: the client then starts without states.",
			details: { file },
			cause,
		});
	}
}

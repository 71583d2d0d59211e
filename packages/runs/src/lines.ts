import { closeSync, openSync, readSync } from "node:fs";
import { FlSimError } from "@fl-sim/core";
import { codeOf, reasonOf } from "./system-error.ts";

const chunkLength = 1 << 16;
const newline = 0x0a;

export interface Line {
	/** From 1. */
	readonly number: number;
	/** Without the newline. */
	readonly text: string;
	/** False for a last line that no newline ends. */
	readonly isComplete: boolean;
	/** Place behind the line in the file, in bytes. */
	readonly end: number;
}

/** The lines of a file, one at a time; none when the file does not exist. @throws FL_RUN_FOLDER */
export function* readLines(file: string): Generator<Line> {
	let number = 0;
	let end = 0;
	let rest: Buffer[] = [];
	for (const chunk of chunksOf(file)) {
		let start = 0;
		for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, start)) {
			const line = Buffer.concat([...rest, chunk.subarray(start, at)]);
			rest = [];
			start = at + 1;
			end += line.length + 1;
			number += 1;
			yield { number, text: line.toString("utf8"), isComplete: true, end };
		}
		if (start < chunk.length) rest.push(chunk.subarray(start));
	}
	if (rest.length === 0) return;
	const line = Buffer.concat(rest);
	yield { number: number + 1, text: line.toString("utf8"), isComplete: false, end: end + line.length };
}

function* chunksOf(file: string): Generator<Buffer> {
	let descriptor: number | undefined;
	try {
		descriptor = openSync(file, "r");
		for (;;) {
			const chunk = Buffer.allocUnsafe(chunkLength);
			const length = readSync(descriptor, chunk, 0, chunkLength, null);
			if (length === 0) return;
			yield chunk.subarray(0, length);
		}
	} catch (cause) {
		if (codeOf(cause) === "ENOENT") return;
		throw new FlSimError("FL_RUN_FOLDER", `${file}: cannot be read: ${reasonOf(cause)}`, { cause });
	} finally {
		if (descriptor !== undefined) closeSync(descriptor);
	}
}

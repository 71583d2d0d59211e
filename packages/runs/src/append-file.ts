import { appendFileSync, closeSync, fstatSync, fsync, openSync } from "node:fs";
import { promisify } from "node:util";
import { writeFailure } from "./write-failure.ts";

const bufferLength = 1 << 16;
const syncDescriptor = promisify(fsync);

/** A file that grows at its end. Methods throw FL_RUN_WRITE. */
export interface AppendFile {
	/** True when nothing has been written to it yet. */
	readonly isEmpty: boolean;
	/** Appends text; it reaches the system in larger pieces. */
	append(text: string): void;
	/** Hands everything appended to the system. */
	write(): void;
	/** Resolves when everything that has been appended so far is on disk. */
	sync(): Promise<void>;
	close(): void;
}

/** Opens a file of a run folder: `a` to go on at its end, `w` to start anew. */
export function openAppendFile(folder: string, file: string, flag: "a" | "w"): AppendFile {
	function attempt<Result>(action: () => Result): Result {
		try {
			return action();
		} catch (cause) {
			throw writeFailure(file, cause, { folder });
		}
	}
	const descriptor = attempt(() => openSync(file, flag));
	let buffer: string[] = [];
	let length = 0;
	function write(): void {
		if (length === 0) return;
		const text = buffer.join("");
		buffer = [];
		length = 0;
		attempt(() => appendFileSync(descriptor, text));
	}
	return {
		isEmpty: attempt(() => fstatSync(descriptor).size === 0),
		append(text) {
			buffer.push(text);
			length += text.length;
			if (length >= bufferLength) write();
		},
		write,
		async sync() {
			write();
			await syncDescriptor(descriptor).catch((cause: unknown) => {
				throw writeFailure(file, cause, { folder });
			});
		},
		close: () => closeSync(descriptor),
	};
}

import { Writable } from "node:stream";

/** Where a view writes. */
export interface ViewOutput {
	readonly stream: NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };
	/** Columns, where the stream does not tell. */
	readonly width: number;
	readonly color: boolean;
}

/**
 * A stream in front of another that never fails: when the terminal or the pipe is gone, what is written goes
 * nowhere. Progress is drawn from timers too, where nobody could catch an error.
 */
export function guardedStream(target: ViewOutput["stream"]): ViewOutput["stream"] {
	let isBroken = false;
	target.on("error", () => {
		isBroken = true;
	});
	const guarded = new Writable({
		decodeStrings: false,
		write(chunk: string | Uint8Array, _encoding, done) {
			try {
				if (!isBroken) target.write(chunk);
			} catch {
				isBroken = true;
			}
			done();
		},
	});
	return Object.defineProperties(guarded, {
		isTTY: { get: () => target.isTTY },
		columns: { get: () => target.columns },
	});
}

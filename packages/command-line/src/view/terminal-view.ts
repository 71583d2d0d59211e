import type { RunEvent } from "@fl-sim/core";
import { MultiBar } from "cli-progress";
import type { ViewOutput } from "./guarded-stream.ts";
import { advance, noProgress } from "./progress.ts";
import { terminalLines } from "./terminal-lines.ts";

/** Redraws per second, however many events arrive. */
const framesPerSecond = 8;

const numLines = 4;

/** A block of lines at the bottom of a terminal, redrawn in place and gone at the end. */
export function createTerminalBlock({ stream, width, color }: ViewOutput): {
	show(event: RunEvent): void;
	clear(): void;
} {
	let progress = noProgress;
	let bars: MultiBar | undefined;
	const clear = () => {
		process.removeListener("exit", clear);
		bars?.stop();
		bars = undefined;
	};
	const open = () => {
		const opened = new MultiBar({
			stream,
			fps: framesPerSecond,
			hideCursor: true,
			clearOnComplete: true,
			gracefulExit: false,
		});
		bars = opened;
		// A process that ends by surprise must not leave the terminal without a cursor.
		process.once("exit", clear);
		for (let line = 0; line < numLines; line += 1) {
			opened.create(1, 0, {}, { format: () => drawn(line) });
		}
	};
	const drawn = (line: number): string => {
		// The window may have changed its size since the view was made.
		const options = { width: stream.columns ?? width, color };
		return terminalLines(progress, options)[line] ?? "";
	};
	return {
		show(event) {
			progress = advance(progress, event);
			if (progress.activity === "over") clear();
			else if (bars === undefined) open();
		},
		clear,
	};
}

import type { RunEvent } from "@fl-sim/core";
import { formatAmount } from "@fl-sim/report/format";
import type { RunRecord } from "@fl-sim/runs";
import { guardedStream, type ViewOutput } from "./guarded-stream.ts";
import { createRoundLines } from "./round-lines.ts";
import { type SummaryOptions, summaryLine, summaryLines } from "./summary.ts";
import { createTerminalBlock } from "./terminal-view.ts";
import { lineOf } from "./text-style.ts";

/**
 * `tty`: lines that are redrawn in place; `plain`: a line for each round; `quiet`: the last line alone; `json`:
 * nothing at all, for the result goes elsewhere.
 */
export type ViewMode = "tty" | "plain" | "quiet" | "json";

/** Shows a run while it goes on. No method throws: a broken terminal must not break a run. */
export interface View {
	onEvent(event: RunEvent): void;
	/** Shows a sentence that is not about the run itself. */
	note(text: string): void;
	/** Shows how the run ended. */
	summary(record: RunRecord, options?: SummaryOptions): void;
	/** Gives the terminal back. May be called more than once. */
	close(): void;
}

/** Makes the view of a mode. After a first failure it shows nothing more. */
export function createView(mode: ViewMode, out: ViewOutput): View {
	const view = viewOf(mode, { ...out, stream: guardedStream(out.stream) });
	let isBroken = false;
	const attempt = (action: () => void) => {
		if (isBroken) return;
		try {
			action();
		} catch {
			isBroken = true;
			view.close();
		}
	};
	return {
		onEvent: (event) => attempt(() => view.onEvent(event)),
		note: (text) => attempt(() => view.note(text)),
		summary: (record, options) => attempt(() => view.summary(record, options)),
		close: () => attempt(() => view.close()),
	};
}

function viewOf(mode: ViewMode, out: ViewOutput): View {
	const write = (lines: readonly string[]) => {
		if (lines.length > 0) out.stream.write(`${lines.join("\n")}\n`);
	};
	const silent = {
		onEvent: () => undefined,
		note: () => undefined,
		summary: () => undefined,
		close: () => undefined,
	};
	switch (mode) {
		case "json":
			return silent;
		case "quiet":
			return { ...silent, summary: (record) => write([summaryLine(record)]) };
		case "plain": {
			const linesOf = createRoundLines();
			return {
				...silent,
				onEvent: (event) => write(linesOf(event)),
				note: (text) => write([text]),
				summary: (record, options = {}) => write(["", ...summaryLines(record, options, out.color)]),
			};
		}
		case "tty": {
			const block = createTerminalBlock(out);
			return {
				onEvent(event) {
					if (event.type === "run.started") write([heading(event, out)]);
					block.show(event);
				},
				note(text) {
					block.clear();
					write([text]);
				},
				summary(record, options = {}) {
					block.clear();
					write(summaryLines(record, options, out.color));
				},
				close: () => block.clear(),
			};
		}
	}
}

function heading(event: Extract<RunEvent, { type: "run.started" }>, out: ViewOutput): string {
	const { run, algorithm, backend, population, parameters, resumedAfterRound } = event;
	const setup = `  ${algorithm} on ${backend}, ${formatAmount(population, "client")}, ${formatAmount(parameters, "parameter")}`;
	return lineOf(
		[
			{ text: run, style: "bold" },
			{ text: setup, style: "dim" },
			resumedAfterRound === undefined ? "" : `  resumed after round ${resumedAfterRound}`,
		],
		out.width,
		out.color,
	);
}

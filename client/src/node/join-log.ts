import { visibleLines, visibleText } from "@fl-sim/core";
import { pino } from "pino";
import type { SessionLog } from "../session/index.ts";

export interface LogSettings {
	/** Warnings only. */
	readonly isQuiet: boolean;
	/** Lines for people; JSON otherwise. */
	readonly isPretty: boolean;
	readonly write: (text: string) => void;
}

/** Lines on what happens, in the order in which it does. What the server says in them is shown, not obeyed. */
export function joinLog({ isQuiet, isPretty, write }: LogSettings): SessionLog {
	if (!isPretty) {
		const settings = {
			level: isQuiet ? "warn" : "info",
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
		};
		const logger = pino(settings, { write: (text) => write(visibleLines(text)) });
		return {
			info: (facts, message) => logger.info(facts, message),
			warn: (facts, message) => logger.warn(facts, message),
		};
	}
	const line = (text: string): void => {
		write(`${new Date().toTimeString().slice(0, 8)}  ${visibleText(text)}\n`);
	};
	return {
		info(facts, message) {
			if (!isQuiet) line(withClient(facts, message));
		},
		warn: (facts, message) => line(`warning: ${withClient(facts, message)}`),
	};
}

/** Several clients may be played by one program: says whose line it is, unless the line does. */
function withClient(facts: object, message: string): string {
	const isNamed = !("client" in facts) || message.startsWith("client ");
	return isNamed ? message : `client ${String(facts.client)}: ${message}`;
}

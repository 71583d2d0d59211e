import { styleText } from "node:util";
import { type ExitCode, FlSimError, visibleLines } from "@fl-sim/core";

/** A text with colour for a terminal, or as it is: `styleText` looks at the stream and at NO_COLOR. */
type Paint = (style: "red" | "bold" | "dim", text: string) => string;

/** Writes what went wrong in a program to standard error; returns the exit code that goes with it. */
export function printError(thrown: unknown, program: string): ExitCode {
	const stream = process.stderr;
	stream.write(errorText(thrown, program, (style, text) => styleText(style, text, { stream })));
	return thrown instanceof FlSimError ? thrown.exitCode : 1;
}

/**
 * Code, message and fix of a user's mistake or a failed run; anything else is a bug and shows its stack. A message may
 * hold what a file or a peer said: no terminal obeys it.
 */
function errorText(thrown: unknown, program: string, paint: Paint): string {
	if (!(thrown instanceof FlSimError)) return bugText(thrown, program, paint);
	const [headline = "", ...rest] = visibleLines(thrown.message).split("\n");
	const lines = [
		`${paint("red", `error[${thrown.code}]`)}: ${paint("bold", headline)}`,
		...rest.map((line) => (/^\s*(?:\||> --set)?\s*\^/.test(line) ? paint("red", line) : line)),
	];
	if (thrown.exitCode === 1) lines.push(...causeLines(thrown.cause, paint));
	if (thrown.fix !== undefined) lines.push("", `${paint("bold", "Fix:")} ${visibleLines(thrown.fix)}`);
	return `${lines.join("\n")}\n`;
}

/** A failed run may come from an error in a method's code: then its stack is what helps. */
function causeLines(cause: unknown, paint: Paint): readonly string[] {
	if (!(cause instanceof Error) || cause instanceof FlSimError) return [];
	return ["", paint("dim", visibleLines(`Caused by ${cause.stack ?? String(cause)}`))];
}

function bugText(thrown: unknown, program: string, paint: Paint): string {
	const isError = thrown instanceof Error;
	const message = visibleLines(isError ? thrown.message : String(thrown));
	const stack =
		isError && thrown.stack !== undefined ? `${paint("dim", visibleLines(thrown.stack))}\n\n` : "";
	return (
		`${paint("red", "error")}: ${paint("bold", `${program} failed unexpectedly: ${message}`)}\n\n${stack}` +
		`This is a bug in ${program}. Please report it with the command, the scenario and the text above.\n`
	);
}

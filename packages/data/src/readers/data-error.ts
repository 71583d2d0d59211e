import { type ErrorCode, FlSimError, messageOf } from "@fl-sim/core";

/** What is wrong in a file: the place, what stands there and what should. */
export interface DataProblem {
	/** Standard: FL_DATA_FORMAT. */
	readonly code?: ErrorCode;
	readonly file: string;
	/** `byte 12`, `line 3, column "age"`. */
	readonly place?: string;
	readonly found: string;
	readonly expected: string;
	readonly fix?: string;
	readonly cause?: unknown;
}

/** The error for one problem: `train.csv: line 3, column "age": found "old", expected a number`. */
export function dataError(problem: DataProblem): FlSimError {
	const { code = "FL_DATA_FORMAT", file, place, found, expected, cause } = problem;
	const message = [file, ...(place === undefined ? [] : [place]), `found ${found}, expected ${expected}`];
	return new FlSimError(code, message.join(": "), {
		fix: problem.fix ?? standardFixes[code] ?? "Replace the file by an intact copy in the right format.",
		details: { file, ...(place === undefined ? {} : { place }) },
		...(cause === undefined ? {} : { cause }),
	});
}

const standardFixes: Partial<Record<ErrorCode, string>> = {
	FL_DATA_TRUNCATED: "The file breaks off; download or copy it again.",
	FL_DATA_NOT_FINITE: "Remove or fill in the values that are not finite numbers.",
	FL_DATA_LABEL_RANGE: "Labels count from 0; check that labels and number of classes belong together.",
};

/**
 * The error for `file` when a stream or library failed on it: unreadable, broken off, wrongly packed or
 * malformed. An `FlSimError` passes unchanged.
 */
export function readError(file: string, place: string, cause: unknown): FlSimError {
	if (cause instanceof FlSimError) return cause;
	if (cause instanceof Error && "syscall" in cause) {
		return new FlSimError("FL_DATA_MISSING", `${file}: cannot be read (${cause.message})`, {
			fix: "Check that the file exists and that you may read it.",
			details: { file },
			cause,
		});
	}
	const brokenOff = cause instanceof Error && "code" in cause && cause.code === "Z_BUF_ERROR";
	return dataError({
		code: brokenOff ? "FL_DATA_TRUNCATED" : "FL_DATA_FORMAT",
		file,
		place,
		found: brokenOff ? "the end of the packed file" : `a fault (${messageOf(cause)})`,
		expected: brokenOff ? "more packed data" : "an intact file",
		cause,
	});
}

/** A text in quotes, cut when long. */
export function quoted(text: string): string {
	return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

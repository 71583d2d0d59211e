import { FlSimError, type RunEvent } from "@fl-sim/core";
import { readLines } from "./lines.ts";
import { runFile } from "./run-files.ts";

const eventTypes = {
	"run.started": true,
	"round.started": true,
	"client.replied": true,
	"client.lost": true,
	"round.finished": true,
	"evaluated.central": true,
	"evaluated.clients": true,
	"evaluated.personal": true,
	measured: true,
	"checkpoint.written": true,
	"run.finished": true,
	"run.interrupted": true,
	"run.failed": true,
} as const satisfies Record<RunEvent["type"], true>;

/** Fields that may hold a number JSON has no word for. */
const measuredFields = new Set([
	"trainLoss",
	"accuracy",
	"loss",
	"lossSum",
	"value",
	"simulatedSeconds",
	"totalSimulatedSeconds",
	"wallSeconds",
	"totalWallSeconds",
]);
const specialNumbers = new Set(["NaN", "Infinity", "-Infinity", "-0"]);

/** An event as one line of JSON. NaN, infinities and -0 become strings: `"trainLoss":"NaN"`. */
export function encodeEvent(event: RunEvent): string {
	// Writing is much faster without being asked about each value.
	const json = holdsSpecialNumber(event) ? JSON.stringify(event, replaceNumber) : JSON.stringify(event);
	return `${json}\n`;
}

function holdsSpecialNumber(value: unknown): boolean {
	if (typeof value === "number") return !Number.isFinite(value) || Object.is(value, -0);
	if (typeof value !== "object" || value === null) return false;
	for (const name in value) if (holdsSpecialNumber(value[name as keyof typeof value])) return true;
	return false;
}

function replaceNumber(_key: string, value: unknown): unknown {
	if (typeof value !== "number") return value;
	if (Object.is(value, -0)) return "-0";
	return Number.isFinite(value) ? value : String(value);
}

/** Reads what `encodeEvent` wrote; undefined when the text is not an event. */
export function decodeEvent(text: string): RunEvent | undefined {
	let value: unknown;
	try {
		// Most lines hold no special number, and parsing is much faster without looking at each value.
		value = /"(?:NaN|-?Infinity|-0)"/.test(text) ? JSON.parse(text, reviveNumber) : JSON.parse(text);
	} catch {
		return undefined;
	}
	return isEvent(value) ? value : undefined;
}

function reviveNumber(key: string, value: unknown): unknown {
	const isSpecial = typeof value === "string" && specialNumbers.has(value) && measuredFields.has(key);
	return isSpecial ? Number(value) : value;
}

function isEvent(value: unknown): value is RunEvent {
	if (typeof value !== "object" || value === null || !("type" in value)) return false;
	return typeof value.type === "string" && Object.hasOwn(eventTypes, value.type);
}

export interface PlacedEvent {
	readonly event: RunEvent;
	/** Place behind its line in `events.jsonl`, in bytes. */
	readonly end: number;
}

/**
 * The events of a run, one at a time. A last line that is torn, as a crash leaves it, is passed over.
 *
 * @throws FL_RUN_FOLDER for a damaged line with more behind it; with `stopAtDamage` the events simply end there.
 */
export function* readEvents(
	folder: string,
	options: { readonly stopAtDamage?: boolean } = {},
): Generator<PlacedEvent> {
	const file = runFile(folder, "events");
	let damaged: number | undefined;
	for (const line of readLines(file)) {
		if (damaged !== undefined) {
			throw new FlSimError("FL_RUN_FOLDER", `${file}:${damaged}: this line is not an event of a run`, {
				fix: `Remove the line; if the run is to go on, \`fl-sim resume ${folder}\` cuts the file itself.`,
				details: { file, line: damaged },
			});
		}
		const event = line.isComplete ? decodeEvent(line.text) : undefined;
		if (event !== undefined) yield { event, end: line.end };
		else if (options.stopAtDamage === true) return;
		else damaged = line.number;
	}
}

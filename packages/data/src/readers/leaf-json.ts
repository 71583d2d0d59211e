import { messageOf } from "@fl-sim/core";
import { dataError, quoted } from "./data-error.ts";
import { readWholeText } from "./whole-text.ts";

/** The examples of one user: `x[i]` belongs to `y[i]`. */
export interface LeafUser {
	readonly name: string;
	readonly x: readonly unknown[];
	readonly y: readonly unknown[];
}

/** Reads one JSON file of LEAF and checks its frame: users, num_samples and user_data must agree. */
export async function readLeafUsers(file: string): Promise<readonly LeafUser[]> {
	const root = parseJson(file, await readWholeText(file));
	const check = new ShapeCheck(file);
	const { users, num_samples: counts, user_data: data } = check.object(root, "the file");
	const names = check.array(users, "users");
	const numSamples = check.array(counts, "num_samples");
	if (names.length !== numSamples.length) {
		throw check.wrong("num_samples", `${numSamples.length} numbers`, `${names.length}, one for each user`);
	}
	const byUser = check.object(data, "user_data");
	return names.map((name, position) => {
		if (typeof name !== "string") throw check.wrong(`users[${position}]`, typeName(name), "a string");
		const place = `user_data[${quoted(name)}]`;
		const user = check.object(Object.hasOwn(byUser, name) ? byUser[name] : undefined, place);
		const x = check.array(user["x"], `${place}.x`);
		const y = check.array(user["y"], `${place}.y`);
		if (x.length !== y.length || x.length !== numSamples[position]) {
			const found = `${x.length} values of x and ${y.length} of y`;
			throw check.wrong(place, found, `${String(numSamples[position])} of each as num_samples says`);
		}
		return { name, x, y };
	});
}

class ShapeCheck {
	readonly #file: string;

	constructor(file: string) {
		this.#file = file;
	}

	object(value: unknown, place: string): Readonly<Record<string, unknown>> {
		if (typeof value === "object" && value !== null && !Array.isArray(value)) {
			return value as Record<string, unknown>;
		}
		throw this.wrong(place, typeName(value), "an object");
	}

	array(value: unknown, place: string): readonly unknown[] {
		if (Array.isArray(value)) return value;
		throw this.wrong(place, typeName(value), "an array");
	}

	wrong(place: string, found: string, expected: string) {
		return dataError({
			file: this.#file,
			place,
			found,
			expected,
			fix: "Use a JSON file as LEAF writes it: users, num_samples and user_data with x and y for each user.",
		});
	}
}

/** How a JSON value is called in an error. */
export function typeName(value: unknown): string {
	if (value === undefined) return "nothing";
	if (value === null) return "null";
	if (Array.isArray(value)) return `an array of ${value.length}`;
	return typeof value === "object"
		? "an object"
		: `the ${typeof value} ${JSON.stringify(value).slice(0, 40)}`;
}

function parseJson(file: string, text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw jsonError(file, text, cause);
	}
}

function jsonError(file: string, text: string, cause: unknown) {
	const bare = /[[:,\s](-?(?:NaN|Infinity))\b/.exec(text);
	if (bare !== null) {
		return dataError({
			code: "FL_DATA_NOT_FINITE",
			file,
			place: `line ${lineOf(text, bare.index)}`,
			found: bare[1] as string,
			expected: "a finite number",
			cause,
		});
	}
	const brokenOff = !text.trimEnd().endsWith("}");
	return dataError({
		code: brokenOff ? "FL_DATA_TRUNCATED" : "FL_DATA_FORMAT",
		file,
		place: brokenOff ? `line ${lineOf(text, text.length)}` : "JSON text",
		found: brokenOff ? "the end of the file" : `a fault (${messageOf(cause)})`,
		expected: brokenOff ? "the closing brace of the JSON object" : "valid JSON",
		cause,
	});
}

function lineOf(text: string, position: number): number {
	let line = 1;
	for (let at = text.indexOf("\n"); at >= 0 && at < position; at = text.indexOf("\n", at + 1)) line++;
	return line;
}

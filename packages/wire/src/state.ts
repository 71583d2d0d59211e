import { FlSimError, type StateValue } from "@fl-sim/core";
import { quoted } from "./quoted.ts";
import { readSafetensors, type SafetensorsFile, type Tensor, writeSafetensors } from "./safetensors.ts";

/** Name of the tensors' root, and of the metadata entry that holds everything but tensors. */
const root = "state";
/** More than any algorithm nests; keeps a hostile file from exhausting the stack. */
const maxDepth = 100;

/** A state taken apart: typed arrays as tensors, the rest as JSON that refers to them by name. */
export interface PackedState {
	readonly tensors: readonly Tensor[];
	readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Takes a state apart. A tensor is named by its path, as in `state/server/params` (`~` and `/` in keys are written
 * `~0` and `~1`). The JSON stands for a typed array as `{"$tensor": name}` and for NaN, infinities and -0 as
 * `{"$number": "NaN"}`; keys that start with `$` get a second one. Tensors share memory with the state.
 *
 * @throws FL_WIRE_FORMAT when something in it is not a `StateValue`, or nests more than 100 levels deep.
 */
export function packState(value: StateValue): PackedState {
	const tensors: Tensor[] = [];
	const json = packValue(value, root, 0, tensors);
	return { tensors, metadata: { [root]: JSON.stringify(json) } };
}

/**
 * Puts a state together again. Typed arrays are copies: each owns its memory.
 *
 * @throws FL_WIRE_FORMAT
 */
export function unpackState({ tensors, metadata }: SafetensorsFile): StateValue {
	const text = metadata[root];
	if (text === undefined) throw malformed(`the file has no metadata entry ${root}`);
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw malformed("it is not JSON", cause);
	}
	return unpackValue(json, 0, tensors);
}

/** A state as a safetensors file. @throws FL_WIRE_FORMAT, as `packState` does. */
export function encodeState(value: StateValue): Uint8Array {
	const { tensors, metadata } = packState(value);
	return writeSafetensors(tensors, metadata);
}

/** Reads what `encodeState` wrote, bit for bit. @throws FL_WIRE_FORMAT */
export function decodeState(bytes: Uint8Array): StateValue {
	return unpackState(readSafetensors(bytes));
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function packValue(value: StateValue, path: string, depth: number, tensors: Tensor[]): Json {
	if (depth > maxDepth) throw malformed(`${path} nests more than ${maxDepth} levels deep`);
	if (value === null || typeof value === "boolean" || typeof value === "string") return value;
	if (typeof value === "number") {
		if (Number.isFinite(value) && !Object.is(value, -0)) return value;
		return { $number: Object.is(value, -0) ? "-0" : String(value) };
	}
	if (Array.isArray(value)) {
		return value.map((item: StateValue, i) => packValue(item, `${path}/${i}`, depth + 1, tensors));
	}
	const dtype = tensorTypeOf(value);
	if (dtype !== undefined) {
		tensors.push({ name: path, shape: [dtype.data.length], ...dtype });
		return { $tensor: path };
	}
	if (!isPlainObject(value)) throw malformed(`${path} holds a ${kindOf(value)}, expected plain data`);
	return Object.fromEntries(
		Object.entries(value).map(([key, item]) => [
			key.startsWith("$") ? `$${key}` : key,
			packValue(item, `${path}/${escapeKey(key)}`, depth + 1, tensors),
		]),
	);
}

function unpackValue(json: unknown, depth: number, tensors: ReadonlyMap<string, Tensor>): StateValue {
	if (depth > maxDepth) throw malformed(`it nests more than ${maxDepth} levels deep`);
	if (Array.isArray(json)) return json.map((item) => unpackValue(item, depth + 1, tensors));
	if (json === null || typeof json === "boolean" || typeof json === "string" || typeof json === "number") {
		return json;
	}
	const entries = Object.entries(json as object);
	const [first] = entries;
	if (first !== undefined && entries.length === 1) {
		if (first[0] === "$tensor") return copyOf(first[1], tensors);
		if (first[0] === "$number") return specialNumber(first[1]);
	}
	// `fromEntries` makes own properties, `__proto__` included.
	return Object.fromEntries(
		entries.map(([key, item]) => {
			if (key.startsWith("$") && !key.startsWith("$$")) throw malformed(`it holds the unknown mark ${key}`);
			return [key.startsWith("$") ? key.slice(1) : key, unpackValue(item, depth + 1, tensors)];
		}),
	);
}

function copyOf(name: unknown, tensors: ReadonlyMap<string, Tensor>): StateValue {
	const data = typeof name === "string" ? tensors.get(name)?.data : undefined;
	if (data === undefined) throw malformed(`it refers to the missing tensor ${quoted(name)}`);
	if (data instanceof Int32Array)
		throw malformed(`tensor ${String(name)} has dtype I32, which no state holds`);
	return data.slice();
}

function specialNumber(text: unknown): number {
	if (text === "NaN" || text === "Infinity" || text === "-Infinity" || text === "-0") return Number(text);
	throw malformed(`it holds the unknown number ${quoted(text)}`);
}

function tensorTypeOf(value: object): Pick<Tensor, "dtype" | "data"> | undefined {
	if (value instanceof Float32Array) return { dtype: "F32", data: value };
	if (value instanceof Float64Array) return { dtype: "F64", data: value };
	if (value instanceof Uint32Array) return { dtype: "U32", data: value };
	// Not a Buffer, which is one of its subclasses but would come back as a plain Uint8Array.
	if (value instanceof Uint8Array && value.constructor === Uint8Array) return { dtype: "U8", data: value };
	return undefined;
}

function isPlainObject(value: unknown): value is { readonly [key: string]: StateValue } {
	if (typeof value !== "object" || value === null) return false;
	const prototype: unknown = Object.getPrototypeOf(value);
	return prototype === Object.prototype || prototype === null;
}

function kindOf(value: unknown): string {
	return typeof value === "object" && value !== null ? value.constructor.name : typeof value;
}

function escapeKey(key: string): string {
	return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

function malformed(problem: string, cause?: unknown): FlSimError {
	return new FlSimError("FL_WIRE_FORMAT", `state: ${problem}`, { cause });
}

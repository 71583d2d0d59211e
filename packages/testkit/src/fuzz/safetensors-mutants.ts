import type { RandomStream } from "@fl-sim/core";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateJson } from "./mutate-json.ts";
import { chance, oddNumbers, pick } from "./odd-values.ts";

interface Entry {
	dtype: string;
	shape: number[];
	data_offsets: [number, number];
}

const widths: Readonly<Record<string, number>> = { F64: 8, F32: 4, U32: 4, I32: 4, U8: 1 };

/** A safetensors file with this header, which may be any text, and these data. */
export function safetensorsOf(header: string, data: Uint8Array): Uint8Array {
	const text = Buffer.from(header);
	const bytes = new Uint8Array(8 + text.length + data.length);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
	bytes.set(text, 8);
	bytes.set(data, 8 + text.length);
	return bytes;
}

/** A changed copy: any of its bytes, its header as JSON, or the places of its tensors; `other` is a source of parts. */
export function mutateSafetensors(file: Uint8Array, other: Uint8Array, random: RandomStream): Uint8Array {
	const choice = random.integer(10);
	if (choice < 3) return mutateBytes(file, random, other);
	const { header, data } = partsOf(file);
	if (choice < 5) {
		// Mostly of the same length, so that the file stays a right one.
		const changed = mutateBytes(data, random, other);
		if (chance(random, 0.3)) return safetensorsOf(header, changed);
		const fitting = data.slice();
		fitting.set(changed.subarray(0, data.length));
		return safetensorsOf(header, fitting);
	}
	if (choice < 7) return safetensorsOf(mutateJson(header, random), data);
	const breakFile = brokenSafetensors[pick(random, Object.keys(brokenSafetensors))];
	return breakFile?.(file, random) ?? file;
}

type BreakFile = (file: Uint8Array, random: RandomStream) => Uint8Array;

/** Files that must be refused, for one reason each. The file must have two tensors that are not empty. */
export const brokenSafetensors: Readonly<Record<string, BreakFile>> = {
	overlap: (file, random) =>
		withEntries(file, (entries) => {
			const entry = pick(random, entries.slice(1));
			const by = 1 + random.integer(Math.max(1, entry.data_offsets[0]));
			entry.data_offsets = [entry.data_offsets[0] - by, entry.data_offsets[1] - by];
		}),
	hole: (file, random) =>
		withEntries(file, (entries) => {
			const by = 1 + random.integer(16);
			const from = random.integer(entries.length);
			for (const entry of entries.slice(from)) {
				entry.data_offsets = [entry.data_offsets[0] + by, entry.data_offsets[1] + by];
			}
			return by;
		}),
	"same place": (file) =>
		withEntries(file, (entries) => {
			const [first, second] = entries as [Entry, Entry];
			Object.assign(second, structuredClone(first));
		}),
	"name used twice": (file, random) => {
		const { header, data } = partsOf(file);
		const [name, entry] = pick(random, Object.entries(JSON.parse(header) as Record<string, unknown>));
		const again = `${JSON.stringify(name)}:${JSON.stringify(entry)}`;
		return safetensorsOf(
			header.replace(/^\{/, () => `{${again},`),
			data,
		);
	},
	"wrong header length": (file, random) => {
		const bytes = file.slice();
		const length = pick(random, [...oddNumbers.filter((number) => number < 8), 2 ** 32, 2 ** 53]);
		new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
		return bytes;
	},
	"data too short": (file, random) => file.slice(0, file.length - 1 - random.integer(8)),
	"data too long": (file, random) => Uint8Array.of(...file, ...new Uint8Array(1 + random.integer(8))),
	"deep nesting": (file, random) => {
		const depth = pick(random, [100, 10_000]);
		const { header, data } = partsOf(file);
		const nested = `${"[".repeat(depth)}${"]".repeat(depth)}`;
		return safetensorsOf(
			header.replace(/"(?:F64|F32|U32|I32|U8)"|\[\d/, (found) =>
				found[0] === "[" ? `[${nested},1` : nested,
			),
			data,
		);
	},
};

/** What the format forbids in these bytes, found without the reader; undefined for a file that is right. */
export function faultOfSafetensors(bytes: Uint8Array): string | undefined {
	if (bytes.length < 8) return "no length";
	const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(0, true);
	if (length > BigInt(bytes.length - 8)) return "no header";
	const start = 8 + Number(length);
	let text: string;
	let header: unknown;
	try {
		text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes.slice(8, start));
		header = JSON.parse(text);
	} catch {
		return "no JSON";
	}
	if (!text.startsWith("{") || !isObject(header)) return "no object";
	// With its texts emptied, JSON has a colon for each key; of equal keys the parser has kept one.
	if (text.replace(/"[^"\\]*(?:\\.[^"\\]*)*"/g, "").split(":").length - 1 !== countKeys(header)) {
		return "a key named twice";
	}
	const { __metadata__: metadata = {}, ...tensors } = header;
	if (!isObject(metadata) || Object.values(metadata).some((value) => typeof value !== "string")) {
		return "metadata that are no texts";
	}
	let end = 0;
	const places = Object.values(tensors).map(placeOf);
	for (const place of places.sort((a, b) => (a?.[0] ?? 0) - (b?.[0] ?? 0) || (a?.[1] ?? 0) - (b?.[1] ?? 0))) {
		if (place === undefined) return "a tensor whose offsets do not fit its type and shape";
		if (place[0] !== end) return place[0] < end ? "an overlap" : "a hole";
		end = place[1];
	}
	return start + end === bytes.length ? undefined : "data of another length";
}

function placeOf(entry: unknown): readonly [number, number] | undefined {
	if (!isObject(entry)) return undefined;
	const { dtype, shape, data_offsets: offsets } = entry;
	if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2 || typeof dtype !== "string")
		return undefined;
	const width = Object.hasOwn(widths, dtype) ? (widths[dtype] as number) : Number.NaN;
	const size = shape.reduce((product, extent) => product * BigInt(extent), 1n);
	const [from, to] = offsets as [number, number];
	return BigInt(to) - BigInt(from) === size * BigInt(Number.isNaN(width) ? -1 : width) && width > 0
		? [from, to]
		: undefined;
}

function partsOf(file: Uint8Array): { readonly header: string; readonly data: Uint8Array } {
	const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
	return { header: Buffer.from(file.subarray(8, start)).toString("utf8"), data: file.subarray(start) };
}

/** Changes the entries, in the order of their data; so many bytes are put behind the data as `change` returns. */
function withEntries(file: Uint8Array, change: (entries: Entry[]) => number | void): Uint8Array {
	const { header, data } = partsOf(file);
	const tree = JSON.parse(header) as Record<string, Entry>;
	const entries = Object.entries(tree)
		.filter(([name, entry]) => name !== "__metadata__" && entry.data_offsets[0] < entry.data_offsets[1])
		.map(([, entry]) => entry)
		.sort((a, b) => a.data_offsets[0] - b.data_offsets[0]);
	const more = change(entries) ?? 0;
	return safetensorsOf(JSON.stringify(tree), Uint8Array.of(...data, ...new Uint8Array(more)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.every((each) => Number.isSafeInteger(each) && each >= 0);
}

function countKeys(root: unknown): number {
	let count = 0;
	const open = [root];
	while (open.length > 0) {
		const value = open.pop();
		if (typeof value !== "object" || value === null) continue;
		if (!Array.isArray(value)) count += Object.keys(value).length;
		open.push(...(Object.values(value) as unknown[]));
	}
	return count;
}

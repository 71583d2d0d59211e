import { FlSimError } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readSafetensors, type Tensor, writeSafetensors } from "./safetensors.ts";

/**
 * Made by the reference implementation, safetensors 0.8.0 with numpy:
 * `save({"w": float32([[1, -2], [0.5, nan]]), "n": uint8([7, 8, 9]), "i": int32([-1])}, metadata={"k": "v"})`.
 */
const referenceFile =
	"wAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiJ9LCJ3Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0sImkiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxNiwyMF19LCJuIjp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsyMCwyM119fSAAAIA/AAAAwAAAAD8AAMB//////wcICQ==";

const example: readonly Tensor[] = [
	{ name: "count", dtype: "U8", shape: [3], data: Uint8Array.of(7, 8, 9) },
	{ name: "w", dtype: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, Number.NaN) },
	{ name: "none", dtype: "U32", shape: [0, 5], data: new Uint32Array() },
	{ name: "scalar", dtype: "F64", shape: [], data: Float64Array.of(-0) },
	{ name: "__proto__", dtype: "I32", shape: [1], data: Int32Array.of(-5) },
];

/** A file with the given header text and number of data bytes. */
function fileOf(header: string, numDataBytes = 0): Uint8Array {
	const text = new TextEncoder().encode(header);
	const bytes = new Uint8Array(8 + text.length + numDataBytes);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
	bytes.set(text, 8);
	return bytes;
}

/** True when reading succeeds, false when the file is refused as malformed; anything else is thrown. */
function isReadable(bytes: Uint8Array): boolean {
	try {
		readSafetensors(bytes);
		return true;
	} catch (error) {
		if (error instanceof FlSimError && error.code === "FL_WIRE_FORMAT") return false;
		throw error;
	}
}

test("a file of the reference implementation is read", () => {
	const { tensors, metadata } = readSafetensors(Uint8Array.from(Buffer.from(referenceFile, "base64")));
	expect(metadata).toEqual({ k: "v" });
	expect(Object.fromEntries(tensors)).toEqual({
		w: { name: "w", dtype: "F32", shape: [2, 2], data: Float32Array.of(1, -2, 0.5, Number.NaN) },
		n: { name: "n", dtype: "U8", shape: [3], data: Uint8Array.of(7, 8, 9) },
		i: { name: "i", dtype: "I32", shape: [1], data: Int32Array.of(-1) },
	});
});

test("the bytes of a file are fixed", () => {
	const bytes = writeSafetensors([{ name: "a", dtype: "F32", shape: [1], data: Float32Array.of(1) }], {
		z: "2",
		b: "1",
	});
	const header = '{"__metadata__":{"b":"1","z":"2"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
	const expected = fileOf(header.padEnd(88), 4);
	expected.set([0, 0, 0x80, 0x3f], 96);
	expect(bytes).toEqual(expected);
});

test("tensors and metadata come back, wide elements first", () => {
	const { tensors, metadata } = readSafetensors(writeSafetensors(example, { ["__proto__"]: "x", y: "" }));
	expect([...tensors.keys()].filter((name) => name !== "none")).toEqual([
		"scalar",
		"w",
		"__proto__",
		"count",
	]);
	expect(Object.entries(metadata)).toEqual([
		["__proto__", "x"],
		["y", ""],
	]);
	for (const tensor of example) expect(tensors.get(tensor.name)).toStrictEqual(tensor);
});

test("tensors are views where their address allows it and copies elsewhere", () => {
	const bytes = writeSafetensors(example);
	expect(readSafetensors(bytes).tensors.get("w")?.data.buffer).toBe(bytes.buffer);
	for (let shift = 1; shift < 8; shift++) {
		const shifted = Buffer.alloc(bytes.length + 8).subarray(shift, shift + bytes.length);
		shifted.set(bytes);
		expect(readSafetensors(shifted).tensors.get("scalar")?.data).toStrictEqual(Float64Array.of(-0));
		expect(readSafetensors(shifted).tensors.get("w")?.data).toStrictEqual(example[1]?.data);
	}
});

test("whatever is written is read back, and written again the same", () => {
	const data = fc.oneof(
		fc.float32Array({ maxLength: 6 }).map((values) => ({ dtype: "F32", data: values }) as const),
		fc.float64Array({ maxLength: 6 }).map((values) => ({ dtype: "F64", data: values }) as const),
		fc.uint32Array({ maxLength: 6 }).map((values) => ({ dtype: "U32", data: values }) as const),
		fc.int32Array({ maxLength: 6 }).map((values) => ({ dtype: "I32", data: values }) as const),
		fc.uint8Array({ maxLength: 6 }).map((values) => ({ dtype: "U8", data: values }) as const),
	);
	const tensor = fc
		.tuple(fc.string({ unit: "binary" }), data)
		.map(([name, { dtype, data }]) => ({ name, dtype, shape: [1, data.length], data }));
	const tensors = fc.uniqueArray(tensor, { selector: ({ name }) => name, maxLength: 5 });
	const metadata = fc.dictionary(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }));
	fc.assert(
		fc.property(tensors, metadata, (tensors, metadata) => {
			const bytes = writeSafetensors(tensors, metadata);
			const file = readSafetensors(bytes);
			expect(file.metadata).toEqual({ ...metadata });
			for (const tensor of tensors) expect(file.tensors.get(tensor.name)).toEqual(tensor);
			expect(file.tensors.size).toBe(tensors.length);
			expect(bytes.length % 8).toBe(tensors.reduce((sum, { data }) => sum + data.byteLength, 0) % 8);
		}),
	);
});

test("no prefix of a file is a file", () => {
	const bytes = writeSafetensors(example, { round: "3" });
	for (let length = 0; length < bytes.length; length++)
		expect(isReadable(bytes.subarray(0, length))).toBe(false);
	expect(isReadable(bytes)).toBe(true);
});

test("a file with a changed byte is read or refused as malformed", () => {
	const bytes = writeSafetensors(example, { round: "3" });
	let refused = 0;
	for (let at = 0; at < bytes.length; at++) {
		for (let bit = 0; bit < 8; bit++) {
			const changed = bytes.slice();
			changed[at] = (changed[at] as number) ^ (1 << bit);
			if (!isReadable(changed)) refused += 1;
		}
	}
	expect(refused).toBeGreaterThan(1000);
});

test("random bytes behind a plausible length are read or refused as malformed", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), (tail, length) => {
			const bytes = new Uint8Array(9 + tail.length);
			bytes[0] = length;
			bytes[8] = 0x7b;
			bytes.set(tail, 9);
			expect([true, false]).toContain(isReadable(bytes));
		}),
	);
});

const a = (rest: string) => `"a":{"dtype":"U8",${rest}}`;

test.each([
	[
		"a header longer than the file",
		Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255, 0x7b),
		/header has/,
	],
	["a header of more than 100 MB", headerOf(100_000_001), /expected at most 100000000/],
	["a header that starts with a space", fileOf(" {}"), /does not start with/],
	["an empty header", fileOf(""), /does not start with/],
	["a header that is not JSON", fileOf('{"a":}'), /not JSON/],
	["a name used twice", fileOf(`{${a('"shape":[0],"data_offsets":[0,0]')},"\\u0061":{}}`), /names "a" twice/],
	["a metadata key used twice", fileOf('{"__metadata__":{"k":"1","k":"2"}}'), /names "k" twice/],
	["metadata that are not strings", fileOf('{"__metadata__":{"k":1}}'), /k is not a string/],
	["an unknown type", fileOf('{"a":{"dtype":"F8","shape":[0],"data_offsets":[0,0]}}'), /dtype "F8"/],
	[
		"a type that objects inherit",
		fileOf('{"a":{"dtype":"toString","shape":[],"data_offsets":[0,0]}}'),
		/dtype/,
	],
	["a negative extent", fileOf(`{${a('"shape":[-1],"data_offsets":[1,0]')}}`, 1), /shape is not/],
	["three offsets", fileOf(`{${a('"shape":[1],"data_offsets":[0,1,1]')}}`, 1), /data_offsets is not/],
	[
		"offsets that do not fit the shape",
		fileOf(`{${a('"shape":[2],"data_offsets":[0,1]')}}`, 1),
		/do not fit/,
	],
	[
		"a shape that overflows",
		fileOf(`{${a('"shape":[4503599627370496,4096],"data_offsets":[0,0]')}}`),
		/do not fit/,
	],
	["data beyond the end", fileOf(`{${a('"shape":[9],"data_offsets":[0,9]')}}`, 1), /ends at byte 9 of 1/],
	["a hole before the data", fileOf(`{${a('"shape":[1],"data_offsets":[1,2]')}}`, 2), /starts at byte 1/],
	["a hole behind the data", fileOf(`{${a('"shape":[1],"data_offsets":[0,1]')}}`, 2), /expected 1/],
	[
		"an overlap",
		fileOf(
			`{${a('"shape":[2],"data_offsets":[0,2]')},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`,
			3,
		),
		/starts at byte 1 of the data, expected 2/,
	],
])("%s is refused", (_name, bytes, message) => {
	expect(isReadable(bytes)).toBe(false);
	expect(() => readSafetensors(bytes)).toThrow(message);
});

/** A file that announces a header of this length and has it, all spaces. */
function headerOf(length: number): Uint8Array {
	const bytes = new Uint8Array(8 + length);
	new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
	return bytes;
}

test("tensors that contradict themselves are not written", () => {
	const [tensor] = example as [Tensor];
	expect(() => writeSafetensors([tensor, tensor])).toThrow(/"count" is used twice/);
	expect(() => writeSafetensors([{ ...tensor, name: "__metadata__" }])).toThrow(/reserved/);
	expect(() => writeSafetensors([{ ...tensor, shape: [2, 2] }])).toThrow(/expected U8 of shape \[2, 2\]/);
	expect(() => writeSafetensors([{ ...tensor, dtype: "I32" }])).toThrow(/expected I32/);
});

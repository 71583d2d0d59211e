import {
	bits,
	bytes,
	type FieldKind,
	type FieldValue,
	FlSimError,
	firstNotFinite,
	type Layout,
	type PayloadOf,
	type PayloadSpec,
	type RandomStream,
	type Vector,
} from "@fl-sim/core";
import type { Compressor } from "./compressor.ts";
import { entropyCode, entropyDecode, mostCodedBytes } from "./entropy-coding.ts";

/** A payload in which vectors travel compressed, and all else as it is. */
export interface CompressedPayload {
	/** How it travels. */
	readonly spec: PayloadSpec;
	/** Names of the fields that are compressed: those of kind `vector` and `floats` that hold anything. */
	readonly fields: readonly string[];
	/** Bytes of those fields before entropy coding. */
	readonly bytesBeforeCoding: number;
	/** @throws FL_TRAINING_DIVERGED when a value is not finite. */
	encode(payload: PayloadOf<PayloadSpec>, random: RandomStream): PayloadOf<PayloadSpec>;
	/** @throws FL_WIRE_FORMAT */
	decode(payload: PayloadOf<PayloadSpec>): PayloadOf<PayloadSpec>;
}

/** The form that payloads of the form `spec` take when a compressor is applied to their vectors. */
export function compressedPayload(
	spec: PayloadSpec,
	compressor: Compressor,
	layout: Layout,
): CompressedPayload {
	const lengths = new Map(
		Object.entries(spec).flatMap(([name, kind]) => {
			const tensors = tensorsOf(kind, layout);
			const isEmpty = tensors.every((length) => length === 0);
			return isEmpty ? [] : [[name, compressor.byTensor ? tensors : [sumOf(tensors)]] as const];
		}),
	);

	const coding = compressor.entropy ? entropyCoding : noCoding;

	/** The payload with `change` made to the compressed fields. */
	function mapped(
		payload: PayloadOf<PayloadSpec>,
		change: (value: FieldValue, tensors: readonly number[], name: string) => FieldValue,
	): PayloadOf<PayloadSpec> {
		return Object.fromEntries(
			Object.entries(payload).map(([name, value]) => {
				const tensors = lengths.get(name);
				return [name, tensors === undefined ? value : change(value, tensors, name)];
			}),
		);
	}

	return {
		spec: Object.fromEntries(
			Object.entries(spec).map(([name, kind]) => {
				const tensors = lengths.get(name);
				return [name, tensors === undefined ? kind : coding.kind(numBytesOf(compressor, tensors))];
			}),
		),
		fields: [...lengths.keys()],
		bytesBeforeCoding: sumOf([...lengths.values()].map((tensors) => numBytesOf(compressor, tensors))),
		encode: (payload, random) =>
			mapped(payload, (value, tensors, name) => {
				const values = value as Vector;
				assertFinite(values, name);
				return coding.encode(encodeTensors(compressor, values, { tensors, random: random.derive(name) }));
			}),
		decode: (payload) =>
			mapped(payload, (value, tensors) => {
				const plain = coding.decode(value as Uint8Array, numBytesOf(compressor, tensors));
				return decodeTensors(compressor, plain, tensors);
			}),
	};
}

/** A payload that travels as it is. */
export function uncompressedPayload(spec: PayloadSpec): CompressedPayload {
	return {
		spec,
		fields: [],
		bytesBeforeCoding: 0,
		encode: (payload) => payload,
		decode: (payload) => payload,
	};
}

/** How what a compressor made of a field travels. */
interface Coding {
	kind(numBytes: number): FieldKind;
	encode(bytes: Uint8Array): Uint8Array;
	decode(coded: Uint8Array, numBytes: number): Uint8Array;
}

/** A compressor's bytes are always as many, so their number need not travel. */
const noCoding: Coding = {
	kind: (numBytes) => bits(8 * numBytes),
	encode: (plain) => plain,
	decode: (plain) => plain,
};

const entropyCoding: Coding = {
	kind: (numBytes) => bytes(mostCodedBytes(numBytes)),
	encode: entropyCode,
	decode: entropyDecode,
};

/** Lengths of the tensors in a field: those of the model, or one; none where the field is no vector. */
function tensorsOf(kind: FieldKind, layout: Layout): readonly number[] {
	if (kind.kind === "vector") return layout.parts.map(({ size }) => size);
	return kind.kind === "floats" ? [kind.length] : [];
}

function encodeTensors(
	compressor: Compressor,
	values: Vector,
	{ tensors, random }: { readonly tensors: readonly number[]; readonly random: RandomStream },
): Uint8Array {
	const all = new Uint8Array(numBytesOf(compressor, tensors));
	let read = 0;
	let written = 0;
	for (const length of tensors) {
		const encoded = compressor.encode(values.subarray(read, read + length), random);
		all.set(encoded, written);
		read += length;
		written += encoded.length;
	}
	return all;
}

function decodeTensors(compressor: Compressor, all: Uint8Array, tensors: readonly number[]): Vector {
	const values = new Float32Array(sumOf(tensors));
	let read = 0;
	let written = 0;
	for (const length of tensors) {
		const numBytes = compressor.numBytes(length);
		values.set(compressor.decode(all.subarray(read, read + numBytes), length), written);
		read += numBytes;
		written += length;
	}
	return values;
}

function numBytesOf(compressor: Compressor, tensors: readonly number[]): number {
	return sumOf(tensors.map((length) => compressor.numBytes(length)));
}

function sumOf(numbers: readonly number[]): number {
	return numbers.reduce((sum, number) => sum + number, 0);
}

function assertFinite(values: Vector, name: string): void {
	const index = firstNotFinite(values);
	if (index < 0) return;
	throw new FlSimError(
		"FL_TRAINING_DIVERGED",
		`${name}[${index}] is ${values[index]}, expected finite numbers to compress`,
		{ fix: "Lower clients.learningRate or set clients.clipNorm." },
	);
}

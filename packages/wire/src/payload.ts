import { type FieldKind, type FieldValue, FlSimError, type PayloadOf, type PayloadSpec } from "@fl-sim/core";

/** Turns one field into bytes and back. Numbers are little-endian. */
interface FieldCodec {
	byteLength(layoutSize: number): number;
	write(value: FieldValue, target: Uint8Array, layoutSize: number): void;
	read(source: Uint8Array, layoutSize: number): FieldValue;
}

const uint32Codec: FieldCodec = {
	byteLength: () => 4,
	write(value, target) {
		if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
			throw new FlSimError("FL_WIRE_FORMAT", `a uint32 field holds ${String(value)}, expected 0 .. 2^32 - 1`);
		}
		viewOf(target).setUint32(0, value, true);
	},
	read: (source) => viewOf(source).getUint32(0, true),
};

const codecs: Readonly<Record<FieldKind["kind"], FieldCodec>> = {
	vector: {
		byteLength: (layoutSize) => 4 * layoutSize,
		write(value, target, layoutSize) {
			if (!(value instanceof Float32Array) || value.length !== layoutSize) {
				const found = value instanceof Float32Array ? `${value.length} values` : typeof value;
				throw new FlSimError(
					"FL_WIRE_DIMENSION",
					`a vector field holds ${found}, expected ${layoutSize} values`,
				);
			}
			target.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
		},
		read(source, layoutSize) {
			// A view where memory allows it: a broadcast is decoded by every client of the cohort.
			if (source.byteOffset % 4 === 0) return new Float32Array(source.buffer, source.byteOffset, layoutSize);
			const copy = new Float32Array(layoutSize);
			new Uint8Array(copy.buffer).set(source);
			return copy;
		},
	},
	uint32: uint32Codec,
	exampleCount: uint32Codec,
	float64: {
		byteLength: () => 8,
		write(value, target) {
			if (typeof value !== "number") {
				throw new FlSimError("FL_WIRE_FORMAT", "a float64 field holds an array, expected a number");
			}
			viewOf(target).setFloat64(0, value, true);
		},
		read: (source) => viewOf(source).getFloat64(0, true),
	},
};

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Where the bytes of a payload are to lie; shared memory when several threads will read them. */
export type Allocate = (byteLength: number) => Uint8Array;

/**
 * The bytes of a payload: its fields one after the other in the order of `spec`, without padding or header.
 *
 * @throws FL_WIRE_DIMENSION, FL_WIRE_FORMAT when a value does not fit its field.
 */
export function encodePayload<Spec extends PayloadSpec>(
	spec: Spec,
	layoutSize: number,
	value: PayloadOf<Spec>,
	allocate: Allocate = (byteLength) => new Uint8Array(byteLength),
): Uint8Array {
	const bytes = allocate(payloadByteLength(spec, layoutSize));
	let offset = 0;
	for (const [name, { kind }] of Object.entries(spec)) {
		const codec = codecs[kind];
		const length = codec.byteLength(layoutSize);
		const field: FieldValue | undefined = value[name];
		if (field === undefined) throw new FlSimError("FL_WIRE_FORMAT", `the payload lacks the field ${name}`);
		codec.write(field, bytes.subarray(offset, offset + length), layoutSize);
		offset += length;
	}
	return bytes;
}

/**
 * Reads a payload. Vectors may be views on `bytes`: read them, do not write to them.
 *
 * @throws FL_WIRE_DIMENSION when the number of bytes is not what `spec` asks for.
 */
export function decodePayload<Spec extends PayloadSpec>(
	spec: Spec,
	layoutSize: number,
	bytes: Uint8Array,
): PayloadOf<Spec> {
	const expected = payloadByteLength(spec, layoutSize);
	if (bytes.length !== expected) {
		throw new FlSimError("FL_WIRE_DIMENSION", `a payload has ${bytes.length} bytes, expected ${expected}`);
	}
	const value: Record<string, FieldValue> = {};
	let offset = 0;
	for (const [name, { kind }] of Object.entries(spec)) {
		const codec = codecs[kind];
		const length = codec.byteLength(layoutSize);
		value[name] = codec.read(bytes.subarray(offset, offset + length), layoutSize);
		offset += length;
	}
	return value as PayloadOf<Spec>;
}

/** Bytes of every payload of this form. */
export function payloadByteLength(spec: PayloadSpec, layoutSize: number): number {
	return Object.values(spec).reduce((sum, { kind }) => sum + codecs[kind].byteLength(layoutSize), 0);
}

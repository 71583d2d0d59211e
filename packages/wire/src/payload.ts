import { type FieldValue, FlSimError, type PayloadOf, type PayloadSpec } from "@fl-sim/core";
import { codecOf } from "./field-codecs.ts";

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
	const fields = Object.entries(spec).map(([name, kind]) => {
		const field: FieldValue | undefined = value[name];
		if (field === undefined) throw new FlSimError("FL_WIRE_FORMAT", `the payload lacks the field ${name}`);
		return { kind, field, byteLength: codecOf(kind).byteLength(kind, layoutSize, field) };
	});
	const bytes = allocate(fields.reduce((sum, { byteLength }) => sum + byteLength, 0));
	let offset = 0;
	for (const { kind, field, byteLength } of fields) {
		codecOf(kind).write(kind, layoutSize, field, bytes.subarray(offset, offset + byteLength));
		offset += byteLength;
	}
	return bytes;
}

/**
 * Reads a payload. Arrays may be views on `bytes`: read them, do not write to them.
 *
 * @throws FL_WIRE_DIMENSION when the number of bytes is not what `spec` asks for; FL_WIRE_FORMAT
 */
export function decodePayload<Spec extends PayloadSpec>(
	spec: Spec,
	layoutSize: number,
	bytes: Uint8Array,
): PayloadOf<Spec> {
	const most = mostPayloadBytes(spec, layoutSize);
	const isOfOneLength = Object.values(spec).every(({ kind }) => kind !== "bytes");
	if (isOfOneLength ? bytes.length !== most : bytes.length > most) throw wrongLength(bytes.length, most);
	const values: Record<string, FieldValue> = {};
	let offset = 0;
	for (const [name, kind] of Object.entries(spec)) {
		const { value, byteLength } = codecOf(kind).read(kind, layoutSize, bytes.subarray(offset));
		values[name] = value;
		offset += byteLength;
	}
	if (offset !== bytes.length) throw wrongLength(bytes.length, offset);
	return values as PayloadOf<Spec>;
}

/** Bytes of the longest payload of this form; of every one, when no field is of kind `bytes`. */
export function mostPayloadBytes(spec: PayloadSpec, layoutSize: number): number {
	return Object.values(spec).reduce((sum, kind) => sum + codecOf(kind).mostBytes(kind, layoutSize), 0);
}

function wrongLength(found: number, expected: number): FlSimError {
	return new FlSimError("FL_WIRE_DIMENSION", `a payload has ${found} bytes, expected ${expected}`);
}

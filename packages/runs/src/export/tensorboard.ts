import { maskedCrc32c } from "./crc32c.ts";

/** One point of a curve in TensorBoard. */
export interface Scalar {
	readonly tag: string;
	readonly step: number;
	readonly value: number;
	/** Seconds since 1970. */
	readonly wallTime: number;
}

/** A TensorBoard event file: TFRecord framing around `Event` messages of tensorflow/core/util/event.proto. */
export function* tensorboardRecords(startTime: number, scalars: Iterable<Scalar>): Generator<Uint8Array> {
	yield record([...double(1, startTime), ...text(3, "brain.Event:2")]);
	for (const { tag, step, value, wallTime } of scalars) {
		const summaryValue = [...text(1, tag), ...float(2, value)];
		const summary = message(1, summaryValue);
		yield record([...double(1, wallTime), ...integer(2, step), ...message(5, summary)]);
	}
}

/** Length and data, each with its masked checksum. */
function record(data: readonly number[]): Uint8Array {
	const bytes = new Uint8Array(data.length + 16);
	const view = new DataView(bytes.buffer);
	view.setBigUint64(0, BigInt(data.length), true);
	view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
	bytes.set(data, 12);
	view.setUint32(12 + data.length, maskedCrc32c(bytes.subarray(12, 12 + data.length)), true);
	return bytes;
}

// Protocol Buffers wire format: a field is its number and wire type, then its value.
const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

function double(field: number, value: number): readonly number[] {
	return [...key(field, "fixed64"), ...new Uint8Array(Float64Array.of(value).buffer)];
}

function float(field: number, value: number): readonly number[] {
	return [...key(field, "fixed32"), ...new Uint8Array(Float32Array.of(value).buffer)];
}

function integer(field: number, value: number): readonly number[] {
	return [...key(field, "varint"), ...varint(value)];
}

function text(field: number, value: string): readonly number[] {
	return message(field, [...new TextEncoder().encode(value)]);
}

function message(field: number, content: readonly number[]): readonly number[] {
	return [...key(field, "lengthDelimited"), ...varint(content.length), ...content];
}

function key(field: number, wireType: keyof typeof wireTypes): readonly number[] {
	return varint(field * 8 + wireTypes[wireType]);
}

/** Seven bits a byte, low ones first; the high bit says that more follow. */
function varint(value: number): readonly number[] {
	const bytes: number[] = [];
	let rest = value;
	while (rest > 0x7f) {
		bytes.push((rest % 0x80) + 0x80);
		rest = Math.floor(rest / 0x80);
	}
	return [...bytes, rest];
}

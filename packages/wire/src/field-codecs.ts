import { type FieldKind, type FieldValue, FlSimError } from "@fl-sim/core";

/** Turns one field into bytes and back. Numbers are little-endian. */
export interface FieldCodec<Kind extends FieldKind = FieldKind> {
	/** Bytes of this value; those of a field of fixed size do not depend on it. @throws FL_WIRE_FORMAT */
	byteLength(kind: Kind, layoutSize: number, value: FieldValue): number;
	/** Bytes of the longest value. */
	mostBytes(kind: Kind, layoutSize: number): number;
	/** `target` is as long as `byteLength` says. @throws FL_WIRE_DIMENSION, FL_WIRE_FORMAT */
	write(kind: Kind, layoutSize: number, value: FieldValue, target: Uint8Array): void;
	/** The value at the start of `source` and its bytes. It may be a view. @throws FL_WIRE_DIMENSION, FL_WIRE_FORMAT */
	read(
		kind: Kind,
		layoutSize: number,
		source: Uint8Array,
	): { readonly value: FieldValue; readonly byteLength: number };
}

type KindNamed<Name extends FieldKind["kind"]> = Extract<FieldKind, { kind: Name }>;

/** A codec whose values all take the same bytes. */
function fixedSize<Kind extends FieldKind>(codec: {
	byteLength(kind: Kind, layoutSize: number): number;
	write(value: FieldValue, target: Uint8Array, kind: Kind, layoutSize: number): void;
	read(source: Uint8Array, kind: Kind, layoutSize: number): FieldValue;
}): FieldCodec<Kind> {
	return {
		byteLength: (kind, layoutSize) => codec.byteLength(kind, layoutSize),
		mostBytes: (kind, layoutSize) => codec.byteLength(kind, layoutSize),
		write: (kind, layoutSize, value, target) => codec.write(value, target, kind, layoutSize),
		read(kind, layoutSize, source) {
			const byteLength = codec.byteLength(kind, layoutSize);
			if (source.length < byteLength) throw tooShort(source.length, byteLength);
			return { value: codec.read(source.subarray(0, byteLength), kind, layoutSize), byteLength };
		},
	};
}

const uint32Codec = fixedSize<KindNamed<"uint32"> | KindNamed<"exampleCount">>({
	byteLength: () => 4,
	write(value, target) {
		if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
			throw new FlSimError(
				"FL_WIRE_FORMAT",
				`a uint32 field holds ${describe(value)}, expected 0 .. 2^32 - 1`,
			);
		}
		viewOf(target).setUint32(0, value, true);
	},
	read: (source) => viewOf(source).getUint32(0, true),
});

const float64Codec = fixedSize<KindNamed<"float64">>({
	byteLength: () => 8,
	write(value, target) {
		if (typeof value !== "number") {
			throw new FlSimError("FL_WIRE_FORMAT", "a float64 field holds an array, expected a number");
		}
		viewOf(target).setFloat64(0, value, true);
	},
	read: (source) => viewOf(source).getFloat64(0, true),
});

const vectorCodec = fixedSize<KindNamed<"vector">>({
	byteLength: (_, layoutSize) => 4 * layoutSize,
	write: (value, target, kind, layoutSize) => writeFloats(kind.kind, value, layoutSize, target),
	read: readFloats,
});

const floatsCodec = fixedSize<KindNamed<"floats">>({
	byteLength: ({ length }) => 4 * length,
	write: (value, target, { kind, length }) => writeFloats(kind, value, length, target),
	read: readFloats,
});

const bitsCodec = fixedSize<KindNamed<"bits">>({
	byteLength: ({ length }) => Math.ceil(length / 8),
	write(value, target, { length }) {
		if (!(value instanceof Uint8Array) || value.length !== target.length) {
			throw new FlSimError(
				"FL_WIRE_DIMENSION",
				`a field of ${length} bits holds ${describe(value)}, expected ${target.length} bytes`,
			);
		}
		assertNoSpareBits(value, length);
		target.set(value);
	},
	read(source, { length }) {
		assertNoSpareBits(source, length);
		return source;
	},
});

/** Equal bits are equal bytes. */
function assertNoSpareBits(bytes: Uint8Array, length: number): void {
	if (length % 8 === 0 || (bytes.at(-1) ?? 0) >> (length % 8) === 0) return;
	throw new FlSimError("FL_WIRE_FORMAT", `a field of ${length} bits has spare bits that are not 0`);
}

const bytesCodec: FieldCodec<KindNamed<"bytes">> = {
	byteLength({ atMost }, _, value) {
		if (value instanceof Uint8Array && value.length <= atMost) return 4 + value.length;
		throw new FlSimError(
			"FL_WIRE_DIMENSION",
			`a field of bytes holds ${describe(value)}, expected at most ${atMost} bytes`,
		);
	},
	mostBytes: ({ atMost }) => 4 + atMost,
	write(_, __, value, target) {
		if (!(value instanceof Uint8Array)) throw new TypeError("byteLength has checked this");
		viewOf(target).setUint32(0, value.length, true);
		target.set(value, 4);
	},
	read({ atMost }, _, source) {
		if (source.length < 4) throw tooShort(source.length, 4);
		const length = viewOf(source).getUint32(0, true);
		if (length > atMost) {
			throw new FlSimError(
				"FL_WIRE_DIMENSION",
				`a field of bytes has ${length} bytes, expected at most ${atMost}`,
			);
		}
		if (source.length < 4 + length) throw tooShort(source.length, 4 + length);
		return { value: source.subarray(4, 4 + length), byteLength: 4 + length };
	},
};

const codecs: Readonly<Record<FieldKind["kind"], FieldCodec>> = {
	vector: vectorCodec,
	floats: floatsCodec,
	bits: bitsCodec,
	bytes: bytesCodec,
	uint32: uint32Codec,
	exampleCount: uint32Codec,
	float64: float64Codec,
};

export function codecOf({ kind }: FieldKind): FieldCodec {
	return codecs[kind];
}

function writeFloats(kind: string, value: FieldValue, length: number, target: Uint8Array): void {
	if (!(value instanceof Float32Array) || value.length !== length) {
		throw new FlSimError(
			"FL_WIRE_DIMENSION",
			`a ${kind} field holds ${describe(value)}, expected ${length} values`,
		);
	}
	target.set(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

/** A view where memory allows it: a broadcast is decoded by every client of the cohort. */
function readFloats(source: Uint8Array): Float32Array {
	if (source.byteOffset % 4 === 0) {
		return new Float32Array(source.buffer, source.byteOffset, source.length / 4);
	}
	const copy = new Float32Array(source.length / 4);
	new Uint8Array(copy.buffer).set(source);
	return copy;
}

function describe(value: FieldValue): string {
	return typeof value === "number" ? String(value) : `${value.length} values`;
}

function tooShort(found: number, expected: number): FlSimError {
	return new FlSimError(
		"FL_WIRE_DIMENSION",
		`a payload ends ${expected - found} bytes before its last field does`,
	);
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

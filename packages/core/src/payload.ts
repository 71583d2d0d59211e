import type { Layout } from "./layout.ts";

/** A field of a payload, as data: the wire package encodes it, the documentation prints it. */
export type FieldKind =
	/** float32 over the whole layout, 4 d bytes. */
	| { readonly kind: "vector" }
	/** float32, 4 bytes each: some parts of a layout, for instance. */
	| { readonly kind: "floats"; readonly length: number }
	/** One bit each in ceil(length / 8) bytes, the lowest bit of the first byte first; spare bits are 0. */
	| { readonly kind: "bits"; readonly length: number }
	/** Up to `atMost` bytes behind their number, 4 bytes: what a compressor makes. */
	| { readonly kind: "bytes"; readonly atMost: number }
	/** unsigned integer below 2^32, 4 bytes. */
	| { readonly kind: "uint32" }
	/** Training examples behind an update: like uint32, but a server refuses more than the client has. */
	| { readonly kind: "exampleCount" }
	/** double, 8 bytes. */
	| { readonly kind: "float64" };

/** The value that a field of a kind carries. */
export type FieldValue<Kind extends FieldKind = FieldKind> = Kind extends { kind: "vector" | "floats" }
	? Float32Array
	: Kind extends { kind: "bits" | "bytes" }
		? Uint8Array
		: number;

/** What travels in one direction: field names in wire order. */
export type PayloadSpec = Readonly<Record<string, FieldKind>>;

export type PayloadOf<Spec extends PayloadSpec> = { readonly [Name in keyof Spec]: FieldValue<Spec[Name]> };

/** What a payload's form may depend on: known at both ends before anything travels. */
export interface PayloadShape<Options> {
	readonly layout: Layout;
	readonly options: Options;
}

export const vector = { kind: "vector" } as const satisfies FieldKind;
export const uint32 = { kind: "uint32" } as const satisfies FieldKind;
export const exampleCount = { kind: "exampleCount" } as const satisfies FieldKind;
export const float64 = { kind: "float64" } as const satisfies FieldKind;
export const floats = (length: number) => ({ kind: "floats", length }) as const satisfies FieldKind;
export const bits = (length: number) => ({ kind: "bits", length }) as const satisfies FieldKind;
export const bytes = (atMost: number) => ({ kind: "bytes", atMost }) as const satisfies FieldKind;

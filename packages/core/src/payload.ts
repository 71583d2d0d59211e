/** A field of a payload, as data: the wire package encodes it, the documentation prints it. */
export type FieldKind =
	/** float32 over the whole layout, 4 d bytes. */
	| { readonly kind: "vector" }
	/** unsigned integer below 2^32, 4 bytes. */
	| { readonly kind: "uint32" }
	/** Training examples behind an update: like uint32, but a server refuses more than the client has. */
	| { readonly kind: "exampleCount" }
	/** double, 8 bytes. */
	| { readonly kind: "float64" };

/** The value that a field of a kind carries. */
export type FieldValue<Kind extends FieldKind = FieldKind> = Kind extends { kind: "vector" }
	? Float32Array
	: number;

/** What travels in one direction: field names in wire order. */
export type PayloadSpec = Readonly<Record<string, FieldKind>>;

export type PayloadOf<Spec extends PayloadSpec> = { readonly [Name in keyof Spec]: FieldValue<Spec[Name]> };

export const vector = { kind: "vector" } as const satisfies FieldKind;
export const uint32 = { kind: "uint32" } as const satisfies FieldKind;
export const exampleCount = { kind: "exampleCount" } as const satisfies FieldKind;
export const float64 = { kind: "float64" } as const satisfies FieldKind;

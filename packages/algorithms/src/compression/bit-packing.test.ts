import fc from "fast-check";
import { expect, test } from "vitest";
import { bitsFor, packBits, packedBytes, packSigns, unpackBits } from "./bit-packing.ts";

test("integers of any width come back, in as many bytes as are said", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 31 }),
			fc.array(fc.integer({ min: 0, max: 2 ** 31 - 1 })),
			(width, raw) => {
				const values = Uint32Array.from(raw, (value) => value % 2 ** width);
				const bytes = packBits(values, width);
				expect(bytes).toHaveLength(packedBytes(values.length, width));
				expect(unpackBits(bytes, width, values.length)).toEqual(values);
			},
		),
	);
});

test("the lowest bit of the first integer comes first", () => {
	expect(packBits([0b101, 0b011, 0b110], 3)).toEqual(Uint8Array.of(0b10_011_101, 0b1));
});

test("signs are packed as bits, 0 counting as positive", () => {
	fc.assert(
		fc.property(fc.float32Array({ noNaN: true }), (values) => {
			const isPositive = Uint8Array.from(values, (value) => (value >= 0 ? 1 : 0));
			expect(packSigns(values)).toEqual(packBits(isPositive, 1));
		}),
	);
	expect(packSigns([-1, 0, -0, 2])).toEqual(Uint8Array.of(0b1110));
});

test.each([
	[0, 0],
	[1, 0],
	[2, 1],
	[3, 2],
	[4, 2],
	[5, 3],
	[61_706, 16],
	[65_536, 16],
	[65_537, 17],
])("%d values are told apart by %d bits", (count, bits) => {
	expect(bitsFor(count)).toBe(bits);
});

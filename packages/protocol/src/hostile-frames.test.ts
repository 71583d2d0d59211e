import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame, encodeChunkFrame, encodeControlFrame, type Frame } from "./frame.ts";
import { limits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";

const bytesOf = (maxLength: number) => fc.uint8Array({ minLength: 1, maxLength });
const frame: fc.Arbitrary<Uint8Array> = fc.oneof(
	fc.string({ unit: "binary", minLength: 1, maxLength: 40 }).map((text) => encodeControlFrame(text, crc32)),
	fc
		.tuple(fc.nat(2 ** 31), fc.nat(limits.payload - 1), bytesOf(40))
		.map(([payload, offset, data]) => encodeChunkFrame({ payload, offset, data }, crc32)),
);

/** The frame in these bytes, or the error that says why there is none; anything else is thrown. */
function read(bytes: Uint8Array): Frame | ProtocolError {
	try {
		return decodeFrame(bytes, crc32);
	} catch (error) {
		if (error instanceof ProtocolError) return error;
		throw error;
	}
}

function write(read: Frame): Uint8Array {
	return read.kind === "control" ? encodeControlFrame(read.text, crc32) : encodeChunkFrame(read, crc32);
}

function withRightChecksum(bytes: Uint8Array): Uint8Array {
	const repaired = bytes.slice();
	if (bytes.length >= 12) new DataView(repaired.buffer).setUint32(8, crc32(repaired.subarray(12)), true);
	return repaired;
}

/** Where a frame is read, it is the only one with these bytes. */
function expectStrict(bytes: Uint8Array): void {
	const found = read(bytes);
	if (!(found instanceof ProtocolError)) expect(write(found)).toEqual(new Uint8Array(bytes));
	else expect([1002, 1007, 1009]).toContain(found.closeCode);
}

test("frames come back as they were, wherever they lie in memory", () => {
	fc.assert(
		fc.property(frame, fc.nat(7), (bytes, shift) => {
			const shifted = new Uint8Array(bytes.length + 8).subarray(shift, shift + bytes.length);
			shifted.set(bytes);
			const found = read(shifted);
			expect(found).not.toBeInstanceOf(ProtocolError);
			expectStrict(shifted);
		}),
		// Lone surrogates cannot be written as UTF-8, all other texts can.
		{ examples: [[encodeControlFrame("\u{1F600}\uFEFF\0", crc32), 3]] },
	);
});

test("no bit of a frame can change unnoticed", () => {
	fc.assert(
		fc.property(frame, fc.nat(), (bytes, place) => {
			const changed = bytes.slice();
			const bit = place % (8 * bytes.length);
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(read(changed)).toBeInstanceOf(ProtocolError);
		}),
		{ numRuns: 2000 },
	);
});

test("a frame with changed bytes and the right checksum is read strictly or refused", () => {
	fc.assert(
		fc.property(frame, fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 8 }), (bytes, changes) => {
			const changed = bytes.slice();
			for (const [place, value] of changes) changed[place % bytes.length] = value;
			expectStrict(withRightChecksum(changed));
		}),
		{ numRuns: 2000 },
	);
});

test("no part of a frame is a frame, nor a frame with more behind it", () => {
	fc.assert(
		fc.property(frame, bytesOf(10), (bytes, more) => {
			for (let length = 0; length < bytes.length; length++) {
				expect(read(bytes.subarray(0, length))).toBeInstanceOf(ProtocolError);
			}
			expect(read(Uint8Array.of(...bytes, ...more))).toBeInstanceOf(ProtocolError);
		}),
	);
});

test("any bytes at all are read strictly or refused, with any header in front", () => {
	const kind = fc.constantFrom(0, 1, 2, 3, 255);
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 80 }), fc.option(kind), (bytes, kind) => {
			if (kind !== null && bytes.length >= 12) bytes.set([0x46, 0x4c, 0x53, 0x31, kind, 0, 0, 0]);
			expectStrict(bytes);
			expectStrict(withRightChecksum(bytes));
		}),
		{ numRuns: 2000 },
	);
});

test.each([
	["a control frame", 1, limits.controlFrame],
	["a chunk frame", 2, 24 + limits.maxChunkData],
])(
	"%s that is too long by a byte is refused by its size, before its checksum is found",
	(_, kind, longest) => {
		const bytes = new Uint8Array(longest + 1);
		bytes.set([0x46, 0x4c, 0x53, 0x31, kind]);
		expect(read(bytes)).toMatchObject({ code: "FL_PROTOCOL_SIZE", closeCode: 1009 });
		expect(read(withRightChecksum(bytes.subarray(0, longest)))).not.toBeInstanceOf(ProtocolError);
	},
);

test("an offset beyond any payload is refused, where it would lose its last bits", () => {
	for (const offset of [BigInt(limits.payload), 2n ** 53n + 1n, 2n ** 64n - 1n]) {
		const bytes = encodeChunkFrame({ payload: 1, offset: 0, data: Uint8Array.of(1) }, crc32);
		new DataView(bytes.buffer).setBigUint64(16, offset, true);
		expect(read(withRightChecksum(bytes))).toMatchObject({ code: "FL_PROTOCOL_FRAME" });
	}
});

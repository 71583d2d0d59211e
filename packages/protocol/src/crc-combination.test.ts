import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { combineCrc32 } from "./crc-combination.ts";

test("the checksum of two pieces follows from theirs, whatever their lengths", () => {
	const bytes = fc.uint8Array({ maxLength: 300 });
	fc.assert(
		fc.property(bytes, bytes, (first, second) => {
			const whole = crc32(second, crc32(first));
			expect(combineCrc32(crc32(first), crc32(second), second.length)).toBe(whole);
		}),
	);
});

test("the checksum of a long payload follows from those of its chunks", () => {
	const bytes = Uint8Array.from({ length: 1_000_003 }, (_, index) => index * index);
	let crc = 0;
	for (let offset = 0; offset < bytes.length; offset += 65_536) {
		const chunk = bytes.subarray(offset, offset + 65_536);
		crc = combineCrc32(crc, crc32(chunk), chunk.length);
	}
	expect(crc).toBe(crc32(bytes));
});

test("lengths beyond 32 bits keep their order of magnitude", () => {
	// A gigabyte of zeros four times over is the same as four gigabytes at once.
	const gigabyte = 2 ** 30;
	const zeros = (length: number, after: number): number => combineCrc32(after, 0, length);
	const start = crc32(Uint8Array.of(1, 2, 3));
	const inSteps = [1, 2, 3, 4, 5].reduce((crc) => zeros(gigabyte, crc), start);
	expect(zeros(5 * gigabyte, start)).toBe(inSteps);
	expect(zeros(gigabyte, start)).not.toBe(inSteps);
});

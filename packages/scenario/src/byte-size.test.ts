import fc from "fast-check";
import { expect, test } from "vitest";
import { byteSizePattern, formatByteSize, parseByteSize } from "./byte-size.ts";

test.each([
	["100MB", 100_000_000],
	["1.5 GiB", 1_610_612_736],
	["7 B", 7],
	["2kB", 2000],
	["0.5KiB", 512],
	["1 TB", 1e12],
])("%s is %i bytes", (text, bytes) => {
	expect(text).toMatch(byteSizePattern);
	expect(parseByteSize(text)).toBe(bytes);
});

test.each(["100", "MB", "-1MB", "1.MB", "1 mb", "1  MB", "1MB ", "1e3MB"])("%j is no size", (text) => {
	expect(text).not.toMatch(byteSizePattern);
});

test("a formatted size is a size within half a percent", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 1e15 }), (bytes) => {
			const text = formatByteSize(bytes);
			expect(text).toMatch(byteSizePattern);
			expect(Math.abs(parseByteSize(text) / bytes - 1)).toBeLessThanOrEqual(0.005);
		}),
	);
});

test("sizes are formatted in decimal units", () => {
	expect([0, 831, 999_999, 1_663_370, 5e15].map(formatByteSize)).toEqual([
		"0 B",
		"831 B",
		"1000 kB",
		"1.66 MB",
		"5000 TB",
	]);
});

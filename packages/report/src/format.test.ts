import fc from "fast-check";
import { expect, test } from "vitest";
import {
	formatAmount,
	formatBytes,
	formatCount,
	formatDuration,
	formatNumber,
	formatPercent,
	trimZeros,
} from "./format.ts";

test("bytes have three significant digits and a decimal unit", () => {
	const cases: [number, string][] = [
		[0, "0 B"],
		[512, "512 B"],
		[999, "999 B"],
		[1000, "1.00 kB"],
		[12_345_678, "12.3 MB"],
		[999_499, "999 kB"],
		[999_999, "1.00 MB"],
		[9_999_000, "10.0 MB"],
		[4.2e18, "4200 PB"],
		[Number.NaN, "–"],
	];
	for (const [bytes, text] of cases) expect(formatBytes(bytes)).toBe(text);
});

test("durations name the two largest units and leave out empty ones", () => {
	const cases: [number, string][] = [
		[0, "0 s"],
		[0.0423, "0.04 s"],
		[12.34, "12.3 s"],
		[59.99, "1 min"],
		[200, "3 min 20 s"],
		[7500, "2 h 5 min"],
		[3600, "1 h"],
		[90_061, "1 d 1 h"],
		[-61, "-1 min 1 s"],
		[Number.POSITIVE_INFINITY, "–"],
	];
	for (const [seconds, text] of cases) expect(formatDuration(seconds)).toBe(text);
});

test("percentages, numbers and counts round without surprises", () => {
	expect(formatPercent(0.8725)).toBe("87.3%");
	expect(formatPercent(1, 0)).toBe("100%");
	expect(formatPercent(Number.NaN)).toBe("–");
	expect(formatNumber(0.412345)).toBe("0.4123");
	expect(formatNumber(0)).toBe("0");
	expect(formatNumber(0.00001234)).toBe("1.23e-5");
	expect(formatNumber(12_345.6)).toBe("12,346");
	expect(formatNumber(Number.NaN)).toBe("–");
	expect(formatCount(61_706)).toBe("61,706");
	expect(formatAmount(1, "client")).toBe("1 client");
	expect(formatAmount(2000, "client")).toBe("2,000 clients");
	expect(formatAmount(10, "class", "classes")).toBe("10 classes");
});

test("trimmed numbers lose zeros after the point only", () => {
	const cases: [string, string][] = [
		["2.00 MB", "2 MB"],
		["0.5000", "0.5"],
		["2.500", "2.5"],
		["100 s", "100 s"],
		["1.05 kB", "1.05 kB"],
		["1.20e-5", "1.2e-5"],
		["100%", "100%"],
	];
	for (const [text, trimmed] of cases) expect(trimZeros(text)).toBe(trimmed);
});

test("a formatted number of bytes is within half a percent of the number", () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (bytes) => {
			const [digits = "", unit = ""] = formatBytes(bytes).split(" ");
			const power = ["B", "kB", "MB", "GB", "TB", "PB"].indexOf(unit);
			expect(Math.abs(Number(digits) * 1000 ** power - bytes) / bytes).toBeLessThan(0.0051);
		}),
	);
});

import { expect, test } from "vitest";
import { type Plot, renderPlot } from "./plot.ts";
import { logScale, logTicks } from "./scale.ts";

const dotsPlot = (dots: readonly (readonly [number, number, string])[]): Plot => ({
	title: "Dots",
	description: "",
	x: { label: "x", domain: [1, 1000], format: String, scale: "log" },
	y: { label: "y", domain: [0, 1], format: String },
	layers: [{ kind: "dots", label: "", color: "#000000", dots }],
});

/** Height of each name in the picture. */
const heights = (svg: string) =>
	new Map(
		[...svg.matchAll(/y="([\d.]+)" dy="0.35em" text-anchor="\w+" font-size="12" fill="[^"]+">([^<]+)</g)].map(
			([, y, name]) => [name, Number(y)],
		),
	);

test("equal ratios take equal lengths, and ticks are round", () => {
	const scale = logScale([1, 1000], [0, 300]);
	expect([1, 10, 100, 1000].map(scale).map(Math.round)).toEqual([0, 100, 200, 300]);
	expect(logTicks([3, 250], 8)).toEqual([5, 10, 20, 50, 100, 200]);
	expect(logTicks([1, 1e6], 8)).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
});

test("names of dots in one place are below each other, others stay beside their dots", () => {
	const svg = renderPlot(
		dotsPlot([
			[10, 0.5, "one"],
			[10, 0.5, "two"],
			[11, 0.5, "three"],
			[10, 0.9, "far"],
		]),
	);
	const [one = 0, two = 0, three = 0, far = 0] = ["one", "two", "three", "far"].map((name) =>
		heights(svg).get(name),
	);
	expect(two - one).toBeGreaterThanOrEqual(14);
	expect(three - two).toBeGreaterThanOrEqual(14);
	expect(far).toBeLessThan(one);
	const [, dot] = /<circle cx="[\d.]+" cy="([\d.]+)"/.exec(svg) ?? [];
	expect(far).toBe(Number(dot));
});

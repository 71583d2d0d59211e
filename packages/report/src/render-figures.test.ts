import { measureSkew } from "@fl-sim/data";
import { expect, test } from "vitest";
import { svgToPng } from "./figure/png.ts";
import { renderFigures } from "./render-figures.ts";
import { sampleRecord } from "./sample-run.fixture.ts";

const counts = [
	[5, 0],
	[1, 9],
];
const partition = {
	numClients: 2,
	numClasses: 2,
	classNames: ["cat", "dog"],
	clients: [0, 1],
	counts,
	round: 1,
	skew: measureSkew(counts),
};

const figures = renderFigures(sampleRecord({ partition }));
const figure = (name: string): string => figures.find((candidate) => candidate.name === name)?.svg ?? "";

test("a run with everything measured gives all figures", () => {
	expect(figures.map(({ name }) => name)).toEqual([
		"accuracy-by-round",
		"accuracy-by-bytes",
		"loss-by-round",
		"client-spread",
		"client-histogram",
		"bytes-by-round",
		"partition",
	]);
});

test("equal runs give equal figures", () => {
	expect(renderFigures(sampleRecord({ partition }))).toEqual(figures);
});

test("a figure names its axes, ends on round numbers and has a text alternative", () => {
	const svg = figure("accuracy-by-round");
	for (const text of [
		"Test accuracy by round",
		"Accuracy of the global model",
		"Round",
		"0%",
		"100%",
		"30",
	]) {
		expect(svg).toContain(`>${text}</text>`);
	}
	expect(svg).toMatch(/<desc>Test accuracy: from \d+\.\d% at round 0 to \d+\.\d% at round 30\.<\/desc>/);
});

test("all points of a line lie inside the axes, in order", () => {
	const [, points = ""] = /<polyline points="([^"]*)"/.exec(figure("accuracy-by-round")) ?? [];
	const pairs = points.split(" ").map((pair) => pair.split(",").map(Number));
	expect(pairs).toHaveLength(31);
	for (const [index, [x = Number.NaN, y = Number.NaN]] of pairs.entries()) {
		expect(x).toBeGreaterThan(pairs[index - 1]?.[0] ?? 75);
		expect(x).toBeLessThanOrEqual(696);
		expect(y).toBeGreaterThanOrEqual(76);
		expect(y).toBeLessThanOrEqual(360);
	}
});

test("bars of the histogram have heights in proportion to their counts", () => {
	const record = sampleRecord({ partition });
	const counts = Array.from<number>({ length: 20 }).fill(0);
	for (const { accuracy } of record.clientEvaluations?.clients ?? []) {
		const bin = Math.min(19, Math.floor(accuracy * 20 + 1e-9));
		counts[bin] = (counts[bin] ?? 0) + 1;
	}
	const heights = [
		...figure("client-histogram").matchAll(/<rect x="[^"]*" y="[^"]*" width="[^"]*" height="([^"]*)"/g),
	];
	const filled = counts.filter((count) => count > 0);
	expect(heights).toHaveLength(filled.length);
	const scale = Number(heights[0]?.[1]) / (filled[0] ?? 0);
	for (const [index, [, height]] of heights.entries()) {
		expect(Number(height)).toBeCloseTo((filled[index] ?? 0) * scale, 0);
	}
});

test("figures without numbers are left out", () => {
	const bare = sampleRecord({ rounds: 0, clientsEvery: 0 });
	expect(renderFigures({ ...bare, rounds: [], events: () => [] })).toEqual([]);
	expect(renderFigures(sampleRecord({ clientsEvery: 0 })).map(({ name }) => name)).not.toContain(
		"client-spread",
	);
});

test("a single round is a dot, not a line", () => {
	const single = sampleRecord({ rounds: 1 });
	const figures = renderFigures({ ...single, rounds: single.rounds.slice(1) });
	const svg = figures.find(({ name }) => name === "accuracy-by-round")?.svg ?? "";
	expect(svg).toMatch(/<circle/);
	expect(svg).not.toMatch(/<polyline|NaN/);
});

test("every figure can be drawn as PNG", () => {
	for (const { svg } of figures) {
		expect(svg).not.toMatch(/NaN|Infinity|undefined/);
		expect(svgToPng(svg, { width: 360 }).length).toBeGreaterThan(2000);
	}
});

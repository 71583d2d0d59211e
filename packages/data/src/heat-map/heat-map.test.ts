import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { measureSkew, type PartitionSummary } from "../federated/summary.ts";
import { colourAt, cubeColour } from "./palette.ts";
import { renderHeatMapSvg } from "./svg.ts";
import { renderHeatMapText, type TerminalColor } from "./text.ts";

function summaryOf(counts: readonly (readonly number[])[], classNames?: readonly string[]): PartitionSummary {
	const numClasses = counts[0]?.length ?? 0;
	return {
		numClients: counts.length,
		numClasses,
		classNames: classNames ?? Array.from({ length: numClasses }, (_, label) => String(label)),
		clients: counts.map((_, client) => client),
		counts,
		round: 1,
		skew: measureSkew(counts),
	};
}

/** Client k has `size` examples of class k mod numClasses and one of the next class. */
function shifted(numClients: number, numClasses: number, size = 99): PartitionSummary {
	return summaryOf(
		Array.from({ length: numClients }, (_, client) =>
			Array.from({ length: numClasses }, (_, label) =>
				label === client % numClasses ? size : label === (client + 1) % numClasses ? 1 : 0,
			),
		),
	);
}

test("plain text: a row per client, blocks by share, sizes at the right", () => {
	const text = renderHeatMapText(
		summaryOf(
			[
				[4, 0],
				[1, 3],
			],
			["cat", "dog"],
		),
		{ width: 60, color: "none" },
	);
	expect(text.split("\n").slice(0, 4)).toEqual([
		"Classes of each client, round 1: 2 clients",
		"client  cat dog   examples",
		"     0  ████····         4",
		"     1  ▒▒▒▒████         4",
	]);
	expect(text).toContain("▒ to 25 %");
});

test("every line fits the width, for few and many clients and classes, with and without colour", () => {
	for (const [numClients, numClasses] of [
		[3, 2],
		[10, 10],
		[1_000, 62],
		[50, 100],
		[12, 300],
	] as const) {
		for (const width of [60, 80, 200]) {
			const summary = shifted(numClients, numClasses);
			const linesOf = (color: TerminalColor): string[] =>
				stripVTControlCharacters(renderHeatMapText(summary, { width, color })).split("\n");
			for (const color of ["none", "256", "24-bit"] as const) {
				const longest = Math.max(...linesOf(color).map((line) => line.length));
				expect(longest).toBeLessThanOrEqual(Math.max(width, 76));
			}
		}
	}
});

test("at most 40 rows, the first and the last client among them, and the text says so", () => {
	const lines = renderHeatMapText(shifted(1_000, 10), { width: 80, color: "none" }).split("\n");
	expect(lines[0]).toContain("40 of 1,000 clients, evenly spaced");
	const rows = lines.filter((line) => line.includes("····"));
	expect(rows.length).toBe(40);
	expect(rows[0]).toMatch(/^ +0 {2}/);
	expect(rows.at(-1)).toMatch(/^ +999 {2}/);
});

test("more classes than columns are merged, and the text says how", () => {
	expect(renderHeatMapText(shifted(5, 300), { width: 80, color: "none" })).toContain(
		"Each column is 5 classes",
	);
});

test("colour depth decides the escape codes", () => {
	const summary = shifted(3, 3);
	expect(renderHeatMapText(summary, { width: 80, color: "24-bit" })).toContain("\u001b[48;2;");
	expect(renderHeatMapText(summary, { width: 80, color: "256" })).toContain("\u001b[48;5;");
	expect(renderHeatMapText(summary, { width: 80, color: "none" })).not.toContain("\u001b");
});

test("palettes go from the background's lightness away from it, in one direction", () => {
	const luminance = (position: number, background: "light" | "dark"): number => {
		const [red, green, blue] = colourAt(position, background);
		return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	};
	for (let step = 1; step <= 20; step++) {
		expect(luminance(step / 20, "light")).toBeLessThan(luminance((step - 1) / 20, "light"));
		expect(luminance(step / 20, "dark")).toBeGreaterThan(luminance((step - 1) / 20, "dark"));
	}
	expect([cubeColour([0, 0, 0]), cubeColour([255, 255, 255]), cubeColour([95, 135, 175])]).toEqual([
		16, 231, 67,
	]);
});

test("the SVG has a title, axis titles, a legend and one stroke per run of equal cells", () => {
	const svg = renderHeatMapSvg(
		summaryOf(
			[
				[1, 1, 0],
				[0, 0, 8],
			],
			["a<b", "b", "c"],
		),
	);
	for (const text of [">Client<", ">Class<", "a&#60;b", "Share of the client's examples", "100 %", ">8<"]) {
		expect(svg).toContain(text);
	}
	const cells = /<g fill="none"[^]*?<\/g>/.exec(svg)?.[0] ?? "";
	const strokes = [...cells.matchAll(/<path stroke="#[0-9a-f]{6}" d="(M[^"]+)"\/>/g)].map(
		(match) => match[1],
	);
	// Client 0 has two equal neighbours, client 1 one cell.
	expect(strokes.map((path) => path?.split("M").length)).toEqual([2, 2]);
	expect(strokes[0]).toMatch(/h112$/);
});

test("the background option changes paper and scale, nothing else", () => {
	const summary = shifted(10, 10);
	const [light, dark] = [renderHeatMapSvg(summary), renderHeatMapSvg(summary, { background: "dark" })];
	expect(dark).not.toBe(light);
	const withoutColours = (svg: string): string => svg.replace(/#[0-9a-f]{6}/g, "");
	expect(withoutColours(dark)).toBe(withoutColours(light));
});

test.each([
	[10, 2],
	[100, 10],
	[1_000, 100],
])(
	"%i clients and %i classes: all coordinates lie on the picture, which stays small",
	(numClients, numClasses) => {
		const svg = renderHeatMapSvg(shifted(numClients, numClasses));
		const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)?.map(Number) ?? [];
		expect(width).toBeLessThan(1_000);
		expect(height).toBeLessThan(1_300);
		expect(svg).not.toMatch(/NaN|undefined|Infinity/);
		for (const [, x, y, length] of svg.matchAll(/M([\d.]+) ([\d.]+)h([\d.]+)/g)) {
			expect(Number(x) + Number(length)).toBeLessThanOrEqual(width ?? 0);
			expect(Number(y)).toBeLessThanOrEqual(height ?? 0);
		}
		expect(svg.length).toBeLessThan(200_000);
	},
);

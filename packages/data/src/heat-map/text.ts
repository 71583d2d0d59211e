import { evenlySpaced } from "../federated/evenly-spaced.ts";
import type { PartitionSummary } from "../federated/summary.ts";
import { colourAt, cubeColour } from "./palette.ts";
import { percent, positionOf, shareAt, shareScaleOf } from "./share-scale.ts";

/** What the terminal can show: shaded blocks only, or 256 or 2^24 background colours as well. */
export type TerminalColor = "none" | "256" | "24-bit";

export interface HeatMapTextOptions {
	/** Columns of the terminal. */
	readonly width: number;
	readonly color: TerminalColor;
	/** Clients shown at most, evenly spaced; standard: 40. */
	readonly maxRows?: number;
}

const shades = ["·", "░", "▒", "▓", "█"] as const;
const narrowestWithRoom = 4;
const widestName = 8;
const fewestColumns = 8;
const legendLength = 24;

/** Clients by classes for a terminal: one line per client, darker (or brighter) for a larger share of its examples. */
export function renderHeatMapText(summary: PartitionSummary, options: HeatMapTextOptions): string {
	const { width, color, maxRows = 40 } = options;
	const rows = evenlySpaced(summary.clients.length, maxRows);
	const sizes = summary.counts.map((row) => row.reduce((sum, count) => sum + count, 0));
	const sizeTexts = rows.map((row) => (sizes[row] as number).toLocaleString("en"));
	const sizeWidth = widest(["examples", ...sizeTexts]);
	const clientWidth = widest(["client", String(summary.clients.at(-1) ?? 0)]);
	const room = Math.max(fewestColumns, width - clientWidth - sizeWidth - 4);

	const perColumn = Math.ceil(summary.numClasses / room);
	const counts = rows.map((row) => grouped(summary.counts[row] ?? [], perColumn));
	const numColumns = Math.ceil(summary.numClasses / perColumn);
	const names = summary.classNames
		.filter((_, label) => label % perColumn === 0)
		.map((name) => name.slice(0, widestName));
	const wanted = Math.max(narrowestWithRoom, widest(names) + 1);
	const cellWidth = Math.min(wanted, Math.floor(room / numColumns));
	const { shares, top } = shareScaleOf(counts);

	const header = `${"client".padStart(clientWidth)}  ${columnNames(names, cellWidth)}  ${"examples".padStart(sizeWidth)}`;
	const lines = rows.map((row, line) => {
		const cells = (shares[line] ?? [])
			.map((share) => cellOf(positionOf(share, top), cellWidth, color))
			.join("");
		const client = String(summary.clients[row]).padStart(clientWidth);
		return `${client}  ${cells}  ${(sizeTexts[line] as string).padStart(sizeWidth)}`;
	});
	return [...titleOf(summary, rows.length, perColumn), header, ...lines, legend(top, color), ""].join("\n");
}

function titleOf(summary: PartitionSummary, numRows: number, perColumn: number): string[] {
	const { numClients, round } = summary;
	const total = numClients.toLocaleString("en");
	const clients =
		numRows === numClients ? `${total} clients` : `${numRows} of ${total} clients, evenly spaced`;
	const merged = perColumn === 1 ? [] : [`Each column is ${perColumn} classes, named after the first.`];
	return [`Classes of each client, round ${round}: ${clients}`, ...merged];
}

/** The names that fit, each at the start of its column. */
function columnNames(names: readonly string[], cellWidth: number): string {
	const longest = widest(names);
	const gap = longest === 1 ? 0 : 1;
	const step = Math.ceil((longest + gap) / cellWidth);
	let line = "";
	names.forEach((name, column) => {
		const start = column * cellWidth;
		const fits = start + name.length <= names.length * cellWidth;
		if (column % step === 0 && fits) line = line.padEnd(start) + name;
	});
	return line.padEnd(names.length * cellWidth);
}

function cellOf(strength: number, width: number, color: TerminalColor): string {
	if (color === "none") return shadeOf(strength).repeat(width);
	const colour = colourAt(strength, "dark");
	const code = color === "256" ? `5;${cubeColour(colour)}` : `2;${colour.join(";")}`;
	return `\u001b[48;${code}m${" ".repeat(width)}\u001b[0m`;
}

function shadeOf(strength: number): string {
	return shades[Math.min(shades.length - 1, Math.ceil(strength * (shades.length - 1)))] ?? shades[0];
}

function legend(top: number, color: TerminalColor): string {
	if (color === "none") {
		const steps = shades
			.slice(1)
			.map((shade, step) => `${shade} to ${percent(shareAt((step + 1) / 4, top))}`);
		return `Share of its examples: ${shades[0]} none ${steps.join(" ")}`;
	}
	const strip = Array.from({ length: legendLength }, (_, i) => cellOf(i / (legendLength - 1), 1, color));
	return `Share of its examples: 0 % ${strip.join("")} ${percent(top)}, the middle ${percent(shareAt(0.5, top))}`;
}

/** Sums of `size` neighbours each. */
function grouped(counts: readonly number[], size: number): number[] {
	const sums = Array.from({ length: Math.ceil(counts.length / size) }, () => 0);
	counts.forEach((count, label) => {
		const column = Math.floor(label / size);
		sums[column] = (sums[column] as number) + count;
	});
	return sums;
}

function widest(texts: readonly string[]): number {
	return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

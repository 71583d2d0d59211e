import type { PartitionSummary } from "../federated/summary.ts";
import { type Background, colourAt, hexOf } from "./palette.ts";
import { percent, positionOf, type ShareScale, shareAt, shareScaleOf } from "./share-scale.ts";

export interface HeatMapSvgOptions {
	/** Neutral background that the colours are made for; standard: light. */
	readonly background?: Background;
}

interface Frame {
	readonly left: number;
	readonly top: number;
	readonly cellWidth: number;
	readonly cellHeight: number;
	readonly numClasses: number;
	readonly numRows: number;
	readonly background: Background;
	readonly ink: string;
	readonly faint: string;
}

const colourSteps = 24;
const sizeBarLength = 110;

/** Clients by classes as an SVG document: rows are clients, columns classes, bars at the right the clients' sizes. */
export function renderHeatMapSvg(summary: PartitionSummary, options: HeatMapSvgOptions = {}): string {
	const { background = "light" } = options;
	const { numClasses, clients } = summary;
	const longestName = Math.min(12, Math.max(...summary.classNames.map((name) => name.length)));
	const cellWidth = clamp(Math.floor(560 / numClasses), 6, 56);
	const slanted = longestName * 7 > cellWidth * nameStep(numClasses, cellWidth);
	const frame: Frame = {
		left: 74,
		top: slanted ? 58 + longestName * 5 : 72,
		cellWidth,
		cellHeight: clamp(Math.floor(600 / Math.max(1, clients.length)), 1, 24),
		numClasses,
		numRows: clients.length,
		background,
		ink: background === "light" ? "#1f2933" : "#e6e8eb",
		faint: background === "light" ? "#7b8794" : "#8d96a1",
	};
	const paper = background === "light" ? "#ffffff" : "#16191d";
	const plotWidth = numClasses * cellWidth;
	const plotHeight = frame.numRows * frame.cellHeight;
	const width = Math.max(500, frame.left + plotWidth + 24 + sizeBarLength + 48);
	const height = frame.top + plotHeight + 86;
	const scale = shareScaleOf(summary.counts);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif" font-size="11" fill="${frame.ink}">`,
		`<title>${escape(titleOf(summary))}</title>`,
		`<rect width="${width}" height="${height}" fill="${paper}"/>`,
		`<text x="${frame.left}" y="24" font-size="14" font-weight="600">${escape(titleOf(summary))}</text>`,
		classAxis(summary, frame, slanted),
		clientAxis(summary, frame),
		cells(scale, frame),
		sizeBars(summary, frame),
		legend(scale, frame),
		"</svg>",
		"",
	].join("\n");
}

function titleOf({ numClients, clients, round }: PartitionSummary): string {
	const total = numClients.toLocaleString("en");
	const shown = clients.length === numClients ? `${total} clients` : `${clients.length} of ${total} clients`;
	return `Classes in each client's examples, ${shown}, round ${round}`;
}

/** One path for each colour, in which neighbouring cells of the same colour are one stroke. */
function cells({ shares, top }: ShareScale, frame: Frame): string {
	const { left, top: above, cellWidth, cellHeight, numClasses, numRows, background } = frame;
	const strokes = new Map<number, string[]>();
	shares.forEach((row, place) => {
		const y = above + (place + 0.5) * cellHeight;
		let start = 0;
		row.forEach((share, label) => {
			const level = levelOf(share, top);
			if (label + 1 < row.length && levelOf(row[label + 1] as number, top) === level) return;
			const stroke = `M${left + start * cellWidth} ${y}h${(label + 1 - start) * cellWidth}`;
			start = label + 1;
			const list = strokes.get(level);
			if (list === undefined) strokes.set(level, [stroke]);
			else list.push(stroke);
		});
	});
	const paths = [...strokes]
		.filter(([level]) => level > 0)
		.sort(([a], [b]) => a - b)
		.map(
			([level, parts]) =>
				`<path stroke="${hexOf(colourAt(level / colourSteps, background))}" d="${parts.join("")}"/>`,
		);
	const nothing = hexOf(colourAt(0, background));
	const width = numClasses * cellWidth;
	return [
		`<rect x="${left}" y="${above}" width="${width}" height="${numRows * cellHeight}" fill="${nothing}"/>`,
		`<g fill="none" stroke-width="${cellHeight}" shape-rendering="crispEdges">`,
		...paths,
		"</g>",
	].join("\n");
}

/** 0 for nothing, 1 .. colourSteps for something. */
function levelOf(share: number, top: number): number {
	return Math.min(colourSteps, Math.ceil(positionOf(share, top) * colourSteps));
}

function classAxis({ classNames }: PartitionSummary, frame: Frame, slanted: boolean): string {
	const { left, top, cellWidth, numClasses, faint } = frame;
	const step = nameStep(numClasses, cellWidth);
	const names = classNames.flatMap((name, label) => {
		if (label % step !== 0) return [];
		const x = left + (label + 0.5) * cellWidth;
		const text = escape(name.length > 12 ? `${name.slice(0, 11)}…` : name);
		return slanted
			? [`<text x="${x}" y="${top - 6}" transform="rotate(-45 ${x} ${top - 6})">${text}</text>`]
			: [`<text x="${x}" y="${top - 6}" text-anchor="middle">${text}</text>`];
	});
	return [`<text x="${left}" y="46" fill="${faint}">Class</text>`, ...names].join("\n");
}

/** Every how manyeth class gets its name, so that names have 14 pixels each. */
function nameStep(numClasses: number, cellWidth: number): number {
	return [1, 2, 5, 10, 20].find((step) => step * cellWidth >= 14) ?? numClasses;
}

function clientAxis({ clients }: PartitionSummary, frame: Frame): string {
	const { left, top, cellHeight, numRows, faint } = frame;
	const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((rows) => rows * cellHeight >= 14) ?? numRows;
	const ticks = clients.flatMap((client, row) => {
		if (row % step !== 0) return [];
		const y = top + (row + 0.5) * cellHeight;
		return [
			`<path stroke="${faint}" d="M${left - 5} ${y}h4"/>`,
			`<text x="${left - 8}" y="${y + 4}" text-anchor="end">${client}</text>`,
		];
	});
	const middle = top + (numRows * cellHeight) / 2;
	const title = `<text x="20" y="${middle}" fill="${faint}" text-anchor="middle" transform="rotate(-90 20 ${middle})">Client</text>`;
	return [title, ...ticks].join("\n");
}

function sizeBars({ counts }: PartitionSummary, frame: Frame): string {
	const { left, top, cellWidth, cellHeight, numClasses, numRows, faint } = frame;
	const x = left + numClasses * cellWidth + 24;
	const sizes = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
	const largest = sizes.reduce((a, b) => Math.max(a, b), 1);
	const thickness = cellHeight >= 4 ? cellHeight - 1 : cellHeight;
	const bars = sizes.map((size, row) => {
		const length = Number(((size / largest) * sizeBarLength).toFixed(1));
		return `M${x} ${top + (row + 0.5) * cellHeight}h${length}`;
	});
	const bottom = top + numRows * cellHeight;
	return [
		`<text x="${x}" y="${top - 6}" fill="${faint}">Examples of the client</text>`,
		`<path fill="none" stroke="${faint}" stroke-width="${thickness}" shape-rendering="crispEdges" d="${bars.join("")}"/>`,
		`<path fill="none" stroke="${faint}" d="M${x} ${bottom + 4.5}h${sizeBarLength}m0 -3v6M${x} ${bottom + 1.5}v6"/>`,
		`<text x="${x}" y="${bottom + 20}" text-anchor="middle">0</text>`,
		`<text x="${x + sizeBarLength}" y="${bottom + 20}" text-anchor="middle">${largest.toLocaleString("en")}</text>`,
	].join("\n");
}

function legend({ top }: ShareScale, frame: Frame): string {
	const { left, top: above, cellHeight, numRows, background, faint } = frame;
	const y = above + numRows * cellHeight + 38;
	const stepWidth = 7;
	const swatches = Array.from({ length: colourSteps + 1 }, (_, level) => {
		const colour = hexOf(colourAt(level / colourSteps, background));
		return `<rect x="${left + level * stepWidth}" y="${y}" width="${stepWidth}" height="10" fill="${colour}"/>`;
	});
	const end = left + (colourSteps + 1) * stepWidth;
	return [
		`<g shape-rendering="crispEdges">${swatches.join("")}</g>`,
		`<text x="${left}" y="${y + 24}">0 %</text>`,
		`<text x="${(left + end) / 2}" y="${y + 24}" text-anchor="middle">${percent(shareAt(0.5, top))}</text>`,
		`<text x="${end}" y="${y + 24}" text-anchor="end">${percent(top)}</text>`,
		`<text x="${end + 10}" y="${y + 9}" fill="${faint}">Share of the client's examples</text>`,
	].join("\n");
}

function clamp(value: number, lowest: number, highest: number): number {
	return Math.min(highest, Math.max(lowest, value));
}

function escape(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

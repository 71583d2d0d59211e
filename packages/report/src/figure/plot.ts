import { trimZeros } from "../format.ts";
import { escapeText, Markup, type MarkupValue, markup } from "../markup.ts";
import { type Interval, linearScale, logScale, logTicks, niceTicks } from "./scale.ts";

/** One axis of a plot. */
export interface Axis {
	readonly label: string;
	readonly domain: Interval;
	/** Straight unless given; a logarithmic axis needs a domain above 0. */
	readonly scale?: "log";
	format(value: number): string;
}

/** Points of a line; a value that is not finite is left out and the line goes on. */
export interface Line {
	readonly kind: "line";
	readonly label: string;
	readonly color: string;
	/** SVG dash pattern, so that lines can be told apart without colour. */
	readonly dashes?: string;
	readonly points: readonly (readonly [number, number])[];
}

/** Upright bars that stand on zero: `[from, to, height]`. */
interface Bars {
	readonly kind: "bars";
	readonly label: string;
	readonly color: string;
	readonly bars: readonly (readonly [number, number, number])[];
}

/** An upright line with a caption, at a value of the x axis. */
interface Marker {
	readonly kind: "marker";
	readonly label: string;
	readonly color: string;
	readonly x: number;
}

/** Dots with a name beside each. */
interface Dots {
	readonly kind: "dots";
	readonly label: string;
	readonly color: string;
	readonly dots: readonly (readonly [x: number, y: number, name: string])[];
}

/** A figure with two axes. */
export interface Plot {
	readonly title: string;
	/** The figure in one sentence, for those who cannot see it. */
	readonly description: string;
	readonly x: Axis;
	readonly y: Axis;
	readonly layers: readonly (Line | Bars | Marker | Dots)[];
}

const plotWidth = 720;
const plotHeight = 420;
const fontFamily = "Inter, system-ui, sans-serif";

const ink = "#1c2430";
const quietInk = "#5a6473";
const rule = "#e3e7ec";

const frame = { left: 76, right: 24, top: 76, bottom: 60 };

/** Coordinates with two decimals at most: equal on every machine, and short. */
const at = (value: number): string => String(Math.round(value * 100) / 100);

/** Draws a plot as a complete SVG document with fixed colours on white. */
export function renderPlot(plot: Plot): string {
	const scaleX = scaleOf(plot.x, [frame.left, plotWidth - frame.right]);
	const scaleY = scaleOf(plot.y, [plotHeight - frame.bottom, frame.top]);
	return markup`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${plotWidth} ${plotHeight}" width="${plotWidth}" height="${plotHeight}" role="img" font-family="${fontFamily}" font-size="13">
<title>${plot.title}</title>
<desc>${plot.description}</desc>
<rect width="${plotWidth}" height="${plotHeight}" fill="#ffffff"/>
<text x="${frame.left}" y="30" font-size="17" font-weight="600" fill="${ink}">${plot.title}</text>
${legend(plot)}
${yAxis(plot.y, scaleY)}
${xAxis(plot.x, scaleX)}
${plot.layers.map((layer) => drawLayer(layer, scaleX, scaleY))}
</svg>
`.text;
}

function scaleOf({ domain, scale }: Axis, range: Interval): (value: number) => number {
	return scale === "log" ? logScale(domain, range) : linearScale(domain, range);
}

function ticksOf({ domain, scale }: Axis, maxTicks: number): number[] {
	return scale === "log" ? logTicks(domain, maxTicks) : niceTicks(domain, maxTicks);
}

function yAxis(axis: Axis, scale: (value: number) => number): MarkupValue {
	const right = plotWidth - frame.right;
	const middle = (frame.top + plotHeight - frame.bottom) / 2;
	return [
		...ticksOf(axis, 7).map((tick) => {
			const y = at(scale(tick));
			return markup`<line x1="${frame.left}" x2="${right}" y1="${y}" y2="${y}" stroke="${rule}"/><text x="${frame.left - 10}" y="${y}" dy="0.35em" text-anchor="end" fill="${quietInk}">${trimZeros(axis.format(tick))}</text>\n`;
		}),
		markup`<text transform="translate(18 ${at(middle)}) rotate(-90)" text-anchor="middle" fill="${quietInk}">${axis.label}</text>`,
	];
}

function xAxis(axis: Axis, scale: (value: number) => number): MarkupValue {
	const bottom = plotHeight - frame.bottom;
	const middle = (frame.left + plotWidth - frame.right) / 2;
	return [
		markup`<line x1="${frame.left}" x2="${plotWidth - frame.right}" y1="${bottom}" y2="${bottom}" stroke="${quietInk}"/>\n`,
		...ticksOf(axis, 8).map((tick) => {
			const x = at(scale(tick));
			return markup`<line x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}" stroke="${quietInk}"/><text x="${x}" y="${bottom + 21}" text-anchor="middle" fill="${quietInk}">${trimZeros(axis.format(tick))}</text>\n`;
		}),
		markup`<text x="${at(middle)}" y="${plotHeight - 14}" text-anchor="middle" fill="${quietInk}">${axis.label}</text>`,
	];
}

function drawLayer(
	layer: Line | Bars | Marker | Dots,
	scaleX: (value: number) => number,
	scaleY: (value: number) => number,
): Markup {
	switch (layer.kind) {
		case "line": {
			const points = layer.points
				.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
				.map(([x, y]) => [at(scaleX(x)), at(scaleY(y))] as const);
			const [only] = points;
			if (points.length === 1 && only !== undefined) {
				return markup`<circle cx="${only[0]}" cy="${only[1]}" r="4" fill="${layer.color}"/>\n`;
			}
			const path = points.map(([x, y]) => `${x},${y}`).join(" ");
			return markup`<polyline points="${path}" fill="none" stroke="${layer.color}" stroke-width="2.25" stroke-linejoin="round" stroke-linecap="round"${dashesOf(layer)}/>\n`;
		}
		case "bars":
			return markup`${layer.bars
				.filter(([, , height]) => height !== 0)
				.map(([from, to, height]) => {
					const [left, right] = [scaleX(from) + 0.75, scaleX(to) - 0.75];
					const [top, bottom] = [scaleY(Math.max(0, height)), scaleY(Math.min(0, height))];
					return markup`<rect x="${at(left)}" y="${at(top)}" width="${at(Math.max(0.5, right - left))}" height="${at(bottom - top)}" fill="${layer.color}"/>\n`;
				})}`;
		case "dots":
			return drawDots(layer, scaleX, scaleY);
		case "marker": {
			const x = scaleX(layer.x);
			const isRight = x > plotWidth * 0.7;
			return markup`<line x1="${at(x)}" x2="${at(x)}" y1="${frame.top}" y2="${plotHeight - frame.bottom}" stroke="${layer.color}" stroke-width="1.5" stroke-dasharray="5 4"/><text x="${at(x + (isRight ? -7 : 7))}" y="${frame.top + 12}" text-anchor="${isRight ? "end" : "start"}" fill="${layer.color}">${layer.label}</text>\n`;
		}
	}
}

const nameHeight = 14;

/** Dots and their names; a name that would lie on another goes below it. */
function drawDots(
	{ dots, color }: Dots,
	scaleX: (value: number) => number,
	scaleY: (value: number) => number,
): Markup {
	const placed: { readonly left: number; readonly right: number; readonly y: number }[] = [];
	const drawn = [...dots]
		.sort(([, a], [, b]) => b - a)
		.map(([x, y, name]) => {
			const [center, height] = [scaleX(x), scaleY(y)];
			const isRight = center > plotWidth * 0.75;
			const width = name.length * 6.6;
			const [left, right] = isRight ? [center - 8 - width, center] : [center, center + 8 + width];
			const overlaps = (other: (typeof placed)[number], place: number) =>
				other.left < right && left < other.right && Math.abs(other.y - place) < nameHeight;
			let place = height;
			for (let other = placed.find((each) => overlaps(each, place)); other !== undefined; ) {
				place = other.y + nameHeight;
				other = placed.find((each) => overlaps(each, place));
			}
			placed.push({ left, right, y: place });
			return markup`<circle cx="${at(center)}" cy="${at(height)}" r="4.5" fill="${color}"/><text x="${at(center + (isRight ? -8 : 8))}" y="${at(place)}" dy="0.35em" text-anchor="${isRight ? "end" : "start"}" font-size="12" fill="${ink}">${name}</text>\n`;
		});
	return markup`${drawn}`;
}

function dashesOf(line: Line): Markup | undefined {
	return line.dashes === undefined ? undefined : new Markup(` stroke-dasharray="${escapeText(line.dashes)}"`);
}

/** Names of lines and bars, left to right under the title; nothing when one name says no more than the axis. */
function legend(plot: Plot): MarkupValue {
	const named = plot.layers.filter(
		(layer) => (layer.kind === "line" || layer.kind === "bars") && layer.label !== "",
	);
	if (named.length < 2) return undefined;
	let x = frame.left;
	return named.map((layer) => {
		const start = x;
		// Without a text engine, 7.4 units for each letter leave room in every font.
		x += 34 + layer.label.length * 7.4 + 16;
		const sample =
			layer.kind === "line"
				? markup`<line x1="${at(start)}" x2="${at(start + 24)}" y1="52" y2="52" stroke="${layer.color}" stroke-width="2.5"${dashesOf(layer)}/>`
				: markup`<rect x="${at(start + 6)}" y="46" width="12" height="12" fill="${layer.color}"/>`;
		return markup`${sample}<text x="${at(start + 32)}" y="52" dy="0.35em" fill="${ink}">${layer.label}</text>\n`;
	});
}

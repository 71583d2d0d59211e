import { trimZeros } from "../format.ts";
import { escapeText, Markup, type MarkupValue, markup } from "../markup.ts";
import { type Interval, linearScale, niceTicks } from "./scale.ts";

/** One axis of a plot. */
export interface Axis {
	readonly label: string;
	readonly domain: Interval;
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

/** A figure with two axes. */
export interface Plot {
	readonly title: string;
	/** The figure in one sentence, for those who cannot see it. */
	readonly description: string;
	readonly x: Axis;
	readonly y: Axis;
	readonly layers: readonly (Line | Bars | Marker)[];
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
	const scaleX = linearScale(plot.x.domain, [frame.left, plotWidth - frame.right]);
	const scaleY = linearScale(plot.y.domain, [plotHeight - frame.bottom, frame.top]);
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

function yAxis(axis: Axis, scale: (value: number) => number): MarkupValue {
	const right = plotWidth - frame.right;
	const middle = (frame.top + plotHeight - frame.bottom) / 2;
	return [
		...niceTicks(axis.domain, 7).map((tick) => {
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
		...niceTicks(axis.domain, 8).map((tick) => {
			const x = at(scale(tick));
			return markup`<line x1="${x}" x2="${x}" y1="${bottom}" y2="${bottom + 5}" stroke="${quietInk}"/><text x="${x}" y="${bottom + 21}" text-anchor="middle" fill="${quietInk}">${trimZeros(axis.format(tick))}</text>\n`;
		}),
		markup`<text x="${at(middle)}" y="${plotHeight - 14}" text-anchor="middle" fill="${quietInk}">${axis.label}</text>`,
	];
}

function drawLayer(
	layer: Line | Bars | Marker,
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
		case "marker": {
			const x = scaleX(layer.x);
			const isRight = x > plotWidth * 0.7;
			return markup`<line x1="${at(x)}" x2="${at(x)}" y1="${frame.top}" y2="${plotHeight - frame.bottom}" stroke="${layer.color}" stroke-width="1.5" stroke-dasharray="5 4"/><text x="${at(x + (isRight ? -7 : 7))}" y="${frame.top + 12}" text-anchor="${isRight ? "end" : "start"}" fill="${layer.color}">${layer.label}</text>\n`;
		}
	}
}

function dashesOf(line: Line): Markup | undefined {
	return line.dashes === undefined ? undefined : new Markup(` stroke-dasharray="${escapeText(line.dashes)}"`);
}

/** Names of lines and bars, left to right under the title; nothing when one name says no more than the axis. */
function legend(plot: Plot): MarkupValue {
	const named = plot.layers.filter((layer) => layer.kind !== "marker");
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

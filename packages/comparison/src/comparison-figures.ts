import { formatBytes, formatCount, formatDuration, formatPercent } from "@fl-sim/report/format";
import { type Axis, extentOf, type Line, niceDomain, type Plot } from "@fl-sim/report/parts";
import type { CurvePoint } from "./learning-curve.ts";
import type { RunGroup } from "./run-groups.ts";

/** Okabe and Ito's palette but for yellow: apart in every common form of colour blindness. */
const colors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#1c2430"];
/** With other dashes, colours can be used again. */
const dashes = [undefined, "7 5", "2 5", "9 4 2 4"];

/** How the lines of a group look in every figure. */
export function styleOf(index: number): { readonly color: string; readonly dashes?: string } {
	const pattern = dashes[Math.floor(index / colors.length) % dashes.length];
	return {
		color: colors[index % colors.length] ?? "",
		...(pattern === undefined ? {} : { dashes: pattern }),
	};
}

/** The figures of a comparison: accuracy by rounds, by bytes and by simulated time, and where groups ended. */
export function comparisonPlots(groups: readonly RunGroup[]): readonly Plot[] {
	const curves = groups.map(meanCurve);
	const by = (
		name: string,
		label: string,
		read: (point: CurvePoint) => number,
		format: Axis["format"],
	): Plot => {
		const lines = curves.map((curve, index): Line => {
			const points = curve.map((point) => [read(point), point.accuracy] as const);
			return { kind: "line", label: "", ...styleOf(index), points };
		});
		const all = lines.flatMap(({ points }) => points);
		return {
			title: `Accuracy by ${name}`,
			description: describe(groups, curves),
			x: { label, format, domain: extentOf(all.map(([x]) => x)) ?? [0, 1] },
			y: accuracyAxis(all.map(([, y]) => y)),
			layers: lines,
		};
	};
	return [
		paretoPlot(groups, curves),
		by("round", "Round", ({ round }) => round, formatCount),
		by("payload bytes", "Payload sent, both directions", ({ bytes }) => bytes, formatBytes),
		by("simulated time", "Simulated time", ({ seconds }) => seconds, formatDuration),
	];
}

/** Final accuracy against all bytes that were sent, on a logarithmic axis: the upper left is best. */
function paretoPlot(groups: readonly RunGroup[], curves: readonly (readonly CurvePoint[])[]): Plot {
	const dots = curves.flatMap((curve, index) => {
		const last = curve.at(-1);
		return last === undefined || last.bytes <= 0
			? [] // what sends nothing has no place on this axis
			: [[last.bytes, last.accuracy, groups[index]?.label ?? ""] as const];
	});
	const [low, high] = extentOf(dots.map(([bytes]) => bytes)) ?? [1, 10];
	return {
		title: "Final accuracy by payload bytes",
		description: dots
			.map(([bytes, accuracy, name]) => `${name}: ${formatPercent(accuracy)} for ${formatBytes(bytes)}.`)
			.join(" "),
		x: {
			label: "Payload sent by whole runs, both directions",
			format: formatBytes,
			domain: [low / 1.5, high * 1.5],
			scale: "log",
		},
		y: accuracyAxis(dots.map(([, accuracy]) => accuracy)),
		layers: [{ kind: "dots", label: "", color: colors[0] ?? "", dots }],
	};
}

function accuracyAxis(values: readonly number[]): Axis {
	const [low, high] = niceDomain(extentOf(values) ?? [0, 1], 6);
	return {
		label: "Accuracy of the global model",
		format: (value) => formatPercent(value, 0),
		domain: [Math.max(0, low), Math.min(1, high)],
	};
}

/** Means over the seeds at the evaluations that all of them have. */
function meanCurve({ runs }: RunGroup): readonly CurvePoint[] {
	const [first, ...others] = runs.map(({ curve }) => curve);
	return (first ?? []).flatMap((point) => {
		const same = others.map((curve) => curve.find(({ round }) => round === point.round));
		const all = [point, ...same.filter((each) => each !== undefined)];
		if (all.length < runs.length) return [];
		const mean = (read: (point: CurvePoint) => number) =>
			all.reduce((sum, each) => sum + read(each), 0) / all.length;
		return [
			{
				round: point.round,
				accuracy: mean(({ accuracy }) => accuracy),
				downBytes: mean(({ downBytes }) => downBytes),
				upBytes: mean(({ upBytes }) => upBytes),
				bytes: mean(({ bytes }) => bytes),
				seconds: mean(({ seconds }) => seconds),
			},
		];
	});
}

function describe(groups: readonly RunGroup[], curves: readonly (readonly CurvePoint[])[]): string {
	return groups
		.map(
			({ label }, index) =>
				`${label}: ${formatPercent(curves[index]?.at(-1)?.accuracy ?? Number.NaN)} at the end.`,
		)
		.join(" ");
}

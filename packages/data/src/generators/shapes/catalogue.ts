/**
 * One part of a figure. Coordinates lie in -1 .. 1 with y downward, `points` are x, y, x, y, ...; `colour` chooses
 * from the palette. Later parts cover earlier ones.
 */
export type Part = { readonly colour: 0 | 1 | 2 } & (
	| { readonly kind: "polygon"; readonly points: readonly number[] }
	| { readonly kind: "line"; readonly points: readonly number[]; readonly radius: number }
	| { readonly kind: "disc"; readonly x: number; readonly y: number; readonly radius: number }
	| { readonly kind: "ring"; readonly radius: number; readonly thickness: number }
	| { readonly kind: "crescent"; readonly radius: number; readonly bite: number }
	| { readonly kind: "pattern"; readonly pattern: "stripes" | "checks" | "dots" | "waves" }
);

/** A fine class. */
export interface Figure {
	readonly name: string;
	/** Coarse class. */
	readonly family: (typeof familyNames)[number];
	/** Largest turn to either side, in radians; more would make one figure look like another. */
	readonly turn: number;
	readonly parts: readonly Part[];
}

/** The coarse classes. */
export const familyNames = ["round", "angular", "symbol", "thing", "pattern"] as const;

/** Corners of a regular star or polygon: distance and angle change from corner to corner. */
function corners(radii: readonly number[], numCorners: number, firstAngle: number): number[] {
	return Array.from({ length: numCorners }, (_, corner) => {
		const angle = firstAngle + (2 * Math.PI * corner) / numCorners;
		const radius = radii[corner % radii.length] as number;
		return [radius * Math.cos(angle), radius * Math.sin(angle)];
	}).flat();
}

function spiral(): number[] {
	return Array.from({ length: 20 }, (_, step) => {
		const angle = 0.68 * step;
		const radius = 0.06 + 0.066 * angle;
		return [radius * Math.cos(angle), radius * Math.sin(angle)];
	}).flat();
}

function heart(): number[] {
	return Array.from({ length: 20 }, (_, step) => {
		const angle = (2 * Math.PI * step) / 20;
		const x = 0.95 * Math.sin(angle) ** 3;
		const y = -0.78 * Math.cos(angle) + 0.3 * Math.cos(2 * angle) + 0.12 * Math.cos(3 * angle);
		return [x, y - 0.1];
	}).flat();
}

const petals: readonly Part[] = Array.from({ length: 6 }, (_, petal) => {
	const angle = (2 * Math.PI * petal) / 6;
	const [x, y] = [0.42 * Math.cos(angle), 0.42 * Math.sin(angle) - 0.32];
	return { kind: "disc", x, y, radius: 0.25, colour: 0 };
});

/** The fine classes in the order of their labels. */
export const figures: readonly Figure[] = [
	{
		name: "disc",
		family: "round",
		turn: Math.PI,
		parts: [{ kind: "disc", x: 0, y: 0, radius: 0.85, colour: 0 }],
	},
	{
		name: "ring",
		family: "round",
		turn: Math.PI,
		parts: [{ kind: "ring", radius: 0.68, thickness: 0.19, colour: 0 }],
	},
	{
		name: "crescent",
		family: "round",
		turn: 0.9,
		parts: [{ kind: "crescent", radius: 0.9, bite: 0.42, colour: 0 }],
	},
	{
		name: "spiral",
		family: "round",
		turn: Math.PI,
		parts: [{ kind: "line", points: spiral(), radius: 0.1, colour: 0 }],
	},
	{
		name: "triangle",
		family: "angular",
		turn: 0.35,
		parts: [{ kind: "polygon", points: [0, -0.9, 0.88, 0.68, -0.88, 0.68], colour: 0 }],
	},
	{
		name: "square",
		family: "angular",
		turn: 0.25,
		parts: [{ kind: "polygon", points: [-0.74, -0.74, 0.74, -0.74, 0.74, 0.74, -0.74, 0.74], colour: 0 }],
	},
	{
		name: "diamond",
		family: "angular",
		turn: 0.25,
		parts: [{ kind: "polygon", points: [0, -1, 0.64, 0, 0, 1, -0.64, 0], colour: 0 }],
	},
	{
		name: "hexagon",
		family: "angular",
		turn: 0.5,
		parts: [{ kind: "polygon", points: corners([0.9], 6, 0), colour: 0 }],
	},
	{
		name: "star",
		family: "symbol",
		turn: 0.6,
		parts: [{ kind: "polygon", points: corners([1, 0.42], 10, -Math.PI / 2), colour: 0 }],
	},
	{
		name: "arrow",
		family: "symbol",
		turn: 0.4,
		parts: [
			{
				kind: "polygon",
				points: [-0.95, -0.24, 0.1, -0.24, 0.1, -0.7, 0.95, 0, 0.1, 0.7, 0.1, 0.24, -0.95, 0.24],
				colour: 0,
			},
		],
	},
	{
		name: "cross",
		family: "symbol",
		turn: 0.35,
		parts: [
			{
				kind: "polygon",
				points: [
					-0.26, -0.9, 0.26, -0.9, 0.26, -0.26, 0.9, -0.26, 0.9, 0.26, 0.26, 0.26, 0.26, 0.9, -0.26, 0.9,
					-0.26, 0.26, -0.9, 0.26, -0.9, -0.26, -0.26, -0.26,
				],
				colour: 0,
			},
		],
	},
	{ name: "heart", family: "symbol", turn: 0.35, parts: [{ kind: "polygon", points: heart(), colour: 0 }] },
	{
		name: "house",
		family: "thing",
		turn: 0.15,
		parts: [
			{ kind: "polygon", points: [-0.66, -0.1, 0.66, -0.1, 0.66, 0.88, -0.66, 0.88], colour: 0 },
			{ kind: "polygon", points: [-0.95, -0.04, 0, -0.92, 0.95, -0.04], colour: 1 },
			{ kind: "polygon", points: [-0.42, 0.3, -0.02, 0.3, -0.02, 0.88, -0.42, 0.88], colour: 2 },
			{ kind: "polygon", points: [0.2, 0.2, 0.5, 0.2, 0.5, 0.5, 0.2, 0.5], colour: 2 },
		],
	},
	{
		name: "tree",
		family: "thing",
		turn: 0.15,
		parts: [
			{ kind: "polygon", points: [-0.13, 0.2, 0.13, 0.2, 0.18, 1, -0.18, 1], colour: 2 },
			{ kind: "disc", x: -0.36, y: 0, radius: 0.4, colour: 1 },
			{ kind: "disc", x: 0.36, y: 0, radius: 0.4, colour: 1 },
			{ kind: "disc", x: 0, y: -0.45, radius: 0.48, colour: 1 },
		],
	},
	{
		name: "boat",
		family: "thing",
		turn: 0.2,
		parts: [
			{ kind: "line", points: [0, 0.4, 0, -0.95], radius: 0.06, colour: 2 },
			{ kind: "polygon", points: [0.1, -0.9, 0.78, 0.24, 0.1, 0.24], colour: 1 },
			{ kind: "polygon", points: [-0.12, -0.6, -0.12, 0.24, -0.62, 0.24], colour: 1 },
			{ kind: "polygon", points: [-0.95, 0.38, 0.95, 0.38, 0.6, 0.88, -0.6, 0.88], colour: 0 },
		],
	},
	{
		name: "flower",
		family: "thing",
		turn: 0.3,
		parts: [
			{ kind: "line", points: [0, 0, 0.06, 0.98], radius: 0.08, colour: 2 },
			{ kind: "line", points: [0.05, 0.78, 0.42, 0.5], radius: 0.1, colour: 2 },
			...petals,
			{ kind: "disc", x: 0, y: -0.32, radius: 0.22, colour: 1 },
		],
	},
	{
		name: "stripes",
		family: "pattern",
		turn: Math.PI,
		parts: [{ kind: "pattern", pattern: "stripes", colour: 0 }],
	},
	{
		name: "checks",
		family: "pattern",
		turn: Math.PI,
		parts: [{ kind: "pattern", pattern: "checks", colour: 0 }],
	},
	{
		name: "dots",
		family: "pattern",
		turn: Math.PI,
		parts: [{ kind: "pattern", pattern: "dots", colour: 0 }],
	},
	{
		name: "waves",
		family: "pattern",
		turn: Math.PI,
		parts: [{ kind: "pattern", pattern: "waves", colour: 0 }],
	},
];

/** Most parts of any figure. */
export const maxParts = Math.max(...figures.map((figure) => figure.parts.length));

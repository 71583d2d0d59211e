/** A number in 0 .. 1 that depends on a lattice point and a seed and on nothing else (integer hash). */
function lattice(column: number, row: number, seed: number): number {
	let hash = Math.imul(column, 0x27d4eb2f) ^ Math.imul(row, 0x165667b1) ^ seed;
	hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
	hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
	return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** Smooth random field over the plane, 0 .. 1, with features of about one unit (value noise). */
export function valueNoise(x: number, y: number, seed: number): number {
	const column = Math.floor(x);
	const row = Math.floor(y);
	const across = x - column;
	const down = y - row;
	const blendX = across * across * (3 - 2 * across);
	const blendY = down * down * (3 - 2 * down);
	const upper = mix(lattice(column, row, seed), lattice(column + 1, row, seed), blendX);
	const lower = mix(lattice(column, row + 1, seed), lattice(column + 1, row + 1, seed), blendX);
	return mix(upper, lower, blendY);
}

/** `from` where amount = 0, `to` where amount = 1. */
export function mix(from: number, to: number, amount: number): number {
	return from + amount * (to - from);
}

/** The nearest number in 0 .. 1. */
export function unit(value: number): number {
	return value < 0 ? 0 : value > 1 ? 1 : value;
}

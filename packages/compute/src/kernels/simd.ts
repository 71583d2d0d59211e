import { readFileSync } from "node:fs";

/** Address in the memory of the `wasm` backend, in bytes. */
export type Address = number;

/**
 * The functions of `simd.wasm`, which `pnpm simd` compiles from the package's folder `simd`; the sources say what
 * the arguments mean. Steps are in bytes.
 */
export interface SimdFunctions {
	packPanels(
		source: Address,
		rows: number,
		rowStep: number,
		columns: number,
		columnStep: number,
		panels: Address,
	): void;
	packReversed(
		filter: Address,
		tapRows: number,
		rowStep: number,
		tapColumns: number,
		columnStep: number,
		channels: number,
		outChannels: number,
		panels: Address,
	): void;
	transpose(source: Address, rows: number, columns: number, rowStep: number, target: Address): void;
	rowProduct(
		a: Address,
		rows: number,
		aStep: number,
		depth: number,
		panels: Address,
		columns: number,
		bias: Address,
		c: Address,
		cStep: number,
		transposed: boolean,
		tile: Address,
	): void;
	columnProduct(
		a: Address,
		depth: number,
		rows: number,
		panels: Address,
		columns: number,
		c: Address,
		tile: Address,
	): void;
	windowProduct(
		window: Address,
		panels: Address,
		outChannels: number,
		bias: Address,
		target: Address,
		imageStep: number,
		rowStep: number,
		columnStep: number,
		places: Address,
		tile: Address,
	): void;
	windowOuterProduct(
		window: Address,
		factor: Address,
		factorChannels: number,
		group: number,
		offsets: Address,
		panel: Address,
		sums: Address,
		target: Address,
	): void;
	unfold(window: Address, x: Address, target: Address): void;
	fold(window: Address, matrix: Address, dx: Address): void;
	maxPool(window: Address, x: Address, target: Address): void;
	averagePool(window: Address, x: Address, target: Address): void;
	maxPoolGradient(window: Address, output: Address, dy: Address, dx: Address): void;
	averagePoolGradient(window: Address, dy: Address, dx: Address): void;
	depthwiseInputGradient(
		window: Address,
		filter: Address,
		dy: Address,
		multiplier: number,
		dx: Address,
	): void;
	depthwiseFilterGradient(window: Address, dy: Address, multiplier: number, target: Address): void;
	sumMiddle(x: Address, outer: number, count: number, inner: number, scale: number, target: Address): void;
	add(shape: Address, a: Address, b: Address, target: Address): void;
	subtract(shape: Address, a: Address, b: Address, target: Address): void;
	multiply(shape: Address, a: Address, b: Address, target: Address): void;
	divide(shape: Address, a: Address, b: Address, target: Address): void;
	tanh(x: Address, end: Address, target: Address): void;
	relu(x: Address, count: number, target: Address): void;
	reluGradient(y: Address, dy: Address, count: number, dx: Address): void;
	step(x: Address, count: number, target: Address): void;
	square(x: Address, count: number, target: Address): void;
	rsqrt(x: Address, count: number, target: Address): void;
	sgdStep(params: Address, gradient: Address, count: number, rate: number): void;
	momentumStep(
		params: Address,
		gradient: Address,
		velocity: Address,
		count: number,
		rate: number,
		momentum: number,
		nesterov: boolean,
	): void;
	adamStep(
		params: Address,
		gradient: Address,
		mean: Address,
		square: Address,
		count: number,
		rate: number,
		beta1: number,
		beta2: number,
		epsilon: number,
		meanCorrection: number,
		squareCorrection: number,
	): void;
	causalSoftmax(x: Address, batch: number, asking: number, positions: number, target: Address): void;
	softmaxGradient(y: Address, dy: Address, rows: number, columns: number, target: Address): void;
	swapMiddle(x: Address, outer: number, a: number, b: number, inner: number, target: Address): void;
	layerNorm(
		x: Address,
		rows: number,
		channels: number,
		scale: Address,
		shift: Address,
		target: Address,
	): void;
	layerNormGradient(
		x: Address,
		dy: Address,
		rows: number,
		channels: number,
		scale: Address,
		target: Address,
	): void;
	layerNormScaleGradient(x: Address, dy: Address, rows: number, channels: number, target: Address): void;
	bytesToFloats(source: Address, count: number, scale: number, shift: number, target: Address): void;
	addScaled(y: Address, x: Address, count: number, scale: number): void;
	scale(x: Address, count: number, factor: number): void;
	subtractInto(a: Address, b: Address, count: number, target: Address): void;
	dotProduct(x: Address, y: Address, count: number): number;
	channelSums(
		x: Address,
		blocks: number,
		rows: number,
		channels: number,
		room: Address,
		target: Address,
	): void;
	channelProducts(
		a: Address,
		b: Address,
		blocks: number,
		rows: number,
		channels: number,
		room: Address,
		target: Address,
	): void;
	scaleAndShift(
		x: Address,
		scale: Address,
		shift: Address,
		blocks: number,
		rows: number,
		channels: number,
		target: Address,
	): void;
	standardizeGradient(
		dy: Address,
		centred: Address,
		steepness: Address,
		pull: Address,
		offset: Address,
		blocks: number,
		rows: number,
		channels: number,
		dx: Address,
	): void;
}

/** Extents of a tile, which packed panels are rounded up to. */
export const tileRows = 4;
export const tileColumns = 8;
export const tileBytes = tileRows * tileColumns * 4;

/** The bytes of a matrix `[rows, columns]` in packed panels. */
export function panelBytes(rows: number, columns: number): number {
	return rows * roundUp(columns, tileColumns) * 4;
}

export function roundUp(value: number, multiple: number): number {
	return Math.ceil(value / multiple) * multiple;
}

let compiled: WebAssembly.Module | undefined;

/** The functions on the memory of a backend; they have no memory or data of their own. */
export function instantiateSimd(memory: WebAssembly.Memory): SimdFunctions {
	compiled ??= new WebAssembly.Module(readFileSync(new URL("./simd.wasm", import.meta.url)));
	return new WebAssembly.Instance(compiled, { env: { memory } }).exports as SimdFunctions;
}

import { transposeBlock } from "./pack";
import { columnsInCache, columnTile, rowTile, tileColumns, tileRows } from "./tile";

/** Rows of both factors of AᵀB that are multiplied before the next tile is begun: a panel of them fits the L1 cache. */
const depthBlock: i32 = 256;

/**
 * C = AB + bias for A `[rows, depth]` with rows `aStep` bytes apart, B `[depth, columns]` in packed panels and one
 * bias for each column, filled up to whole panels. C is `[rows, columns]`, or `[columns, rows]` if `transposed`, with
 * rows `cStep` bytes apart. `tile` is room for one tile.
 */
export function rowProduct(
	a: usize,
	rows: i32,
	aStep: usize,
	depth: i32,
	panels: usize,
	columns: i32,
	bias: usize,
	c: usize,
	cStep: usize,
	transposed: bool,
	tile: usize,
): void {
	const length = usize(depth) << 2;
	const group = columnsInCache(depth);
	for (let first = 0; first < columns; first += group) {
		for (let row = 0; row < rows; row += tileRows) {
			// Rows beyond the last repeat it: they give the same values at the same place.
			const a0 = a + usize(row) * aStep;
			const a1 = a + usize(min(row + 1, rows - 1)) * aStep;
			const a2 = a + usize(min(row + 2, rows - 1)) * aStep;
			const a3 = a + usize(min(row + 3, rows - 1)) * aStep;
			const height = min(rows - row, tileRows);
			for (let column = first; column < min(first + group, columns); column += tileColumns) {
				const width = min(columns - column, tileColumns);
				const panel = panels + usize(column) * length;
				const start = bias + (usize(column) << 2);
				const whole = !transposed && width == tileColumns && height == tileRows;
				const to = c + usize(transposed ? column : row) * cStep + (usize(transposed ? row : column) << 2);
				const c0 = whole ? to : tile;
				const step = whole ? cStep : 32;
				rowTile(
					1,
					0,
					1,
					0,
					length,
					a0,
					a1,
					a2,
					a3,
					panel,
					start,
					c0,
					c0 + step,
					c0 + step * 2,
					c0 + step * 3,
				);
				if (transposed) storeTransposed(tile, height, width, to, cStep);
				else if (!whole) storePart(tile, height, width, to, cStep);
			}
		}
	}
}

function storePart(tile: usize, height: i32, width: i32, c: usize, cStep: usize): void {
	for (let i = 0; i < height; i++) {
		memory.copy(c + usize(i) * cStep, tile + (usize(i) << 5), usize(width) << 2);
	}
}

function storeTransposed(tile: usize, height: i32, width: i32, c: usize, cStep: usize): void {
	if (height == tileRows && width == tileColumns) {
		transposeBlock(tile, 32, c, cStep);
		transposeBlock(tile + 16, 32, c + cStep * 4, cStep);
		return;
	}
	for (let j = 0; j < width; j++) {
		for (let i = 0; i < height; i++) {
			store<f32>(c + usize(j) * cStep + (usize(i) << 2), load<f32>(tile + (usize(i) << 5) + (usize(j) << 2)));
		}
	}
}

/**
 * C = AᵀB for A `[depth, rows]` and B `[depth, columns]` in packed panels; C is `[rows, columns]`. The last tile
 * of a row of A reads up to 12 bytes beyond it, which the allocator's end mark keeps inside the memory.
 */
export function columnProduct(
	a: usize,
	depth: i32,
	rows: i32,
	panels: usize,
	columns: i32,
	c: usize,
	tile: usize,
): void {
	const aStep = usize(rows) << 2;
	const cStep = usize(columns) << 2;
	for (let first = 0; first < depth; first += depthBlock) {
		const count = min(depth - first, depthBlock);
		for (let row = 0; row < rows; row += tileRows) {
			const height = min(rows - row, tileRows);
			const from = a + usize(first) * aStep + (usize(row) << 2);
			for (let column = 0; column < columns; column += tileColumns) {
				const width = min(columns - column, tileColumns);
				const panel = panels + ((usize(column) * usize(depth) + usize(first * tileColumns)) << 2);
				const to = c + usize(row) * cStep + (usize(column) << 2);
				if (height == tileRows && width == tileColumns) {
					columnTile(count, from, aStep, panel, to, cStep, first > 0);
				} else {
					columnTile(count, from, aStep, panel, tile, 32, false);
					addPart(tile, height, width, to, cStep, first > 0);
				}
			}
		}
	}
}

function addPart(tile: usize, height: i32, width: i32, c: usize, cStep: usize, accumulate: bool): void {
	for (let i = 0; i < height; i++) {
		for (let j = 0; j < width; j++) {
			const to = c + usize(i) * cStep + (usize(j) << 2);
			const value = load<f32>(tile + (usize(i) << 5) + (usize(j) << 2));
			store<f32>(to, accumulate ? load<f32>(to) + value : value);
		}
	}
}

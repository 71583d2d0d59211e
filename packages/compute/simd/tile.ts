// The inner loops of all products. A tile has 4 rows and 8 columns, which take eight vector registers: of the
// shapes tried it is the largest whose sums stay in registers when engines compile the loops around it.

/** Rows of a tile. */
export const tileRows: i32 = 4;
/** Columns of a tile and of a packed panel. */
export const tileColumns: i32 = 8;

/** Bytes of packed panels that are used again and again before the next ones: about a quarter of an L2 cache. */
const panelsInCache: i32 = 1 << 17;

/** Columns of the panels of `depth` rows that stay in the cache together. */
export function columnsInCache(depth: i32): i32 {
	return max(panelsInCache / (depth * tileColumns * 4), 1) * tileColumns;
}

/**
 * Tile of AB. Row i of A is read along memory from `a_i`, in `groups` of `segments` of `length` bytes with jumps
 * after each segment and group, so that it can be the patch under a convolution's filter. B is a packed panel
 * `[k, 8]`. Each row of the result begins as the eight numbers at `bias`; row i goes to `c_i`.
 */
export function rowTile(
	groups: i32,
	groupJump: usize,
	segments: i32,
	segmentJump: usize,
	length: usize,
	a0: usize,
	a1: usize,
	a2: usize,
	a3: usize,
	panel: usize,
	bias: usize,
	c0: usize,
	c1: usize,
	c2: usize,
	c3: usize,
): void {
	let c00 = v128.load(bias);
	let c01 = v128.load(bias, 16);
	let c10 = c00;
	let c11 = c01;
	let c20 = c00;
	let c21 = c01;
	let c30 = c00;
	let c31 = c01;
	for (; groups > 0; groups--) {
		for (let segment = segments; segment > 0; segment--) {
			const end = a0 + length;
			do {
				const b0 = v128.load(panel);
				const b1 = v128.load(panel, 16);
				const s0 = v128.load_splat<f32>(a0);
				c00 = f32x4.add(c00, f32x4.mul(s0, b0));
				c01 = f32x4.add(c01, f32x4.mul(s0, b1));
				const s1 = v128.load_splat<f32>(a1);
				c10 = f32x4.add(c10, f32x4.mul(s1, b0));
				c11 = f32x4.add(c11, f32x4.mul(s1, b1));
				const s2 = v128.load_splat<f32>(a2);
				c20 = f32x4.add(c20, f32x4.mul(s2, b0));
				c21 = f32x4.add(c21, f32x4.mul(s2, b1));
				const s3 = v128.load_splat<f32>(a3);
				c30 = f32x4.add(c30, f32x4.mul(s3, b0));
				c31 = f32x4.add(c31, f32x4.mul(s3, b1));
				panel += 32;
				a0 += 4;
				a1 += 4;
				a2 += 4;
				a3 += 4;
			} while (a0 != end);
			a0 += segmentJump;
			a1 += segmentJump;
			a2 += segmentJump;
			a3 += segmentJump;
		}
		a0 += groupJump;
		a1 += groupJump;
		a2 += groupJump;
		a3 += groupJump;
	}
	v128.store(c0, c00);
	v128.store(c0, c01, 16);
	v128.store(c1, c10);
	v128.store(c1, c11, 16);
	v128.store(c2, c20);
	v128.store(c2, c21, 16);
	v128.store(c3, c30);
	v128.store(c3, c31, 16);
}

/**
 * Tile of AᵀB: A is `[count, 4]` with rows `aStep` bytes apart, B a packed panel `[count, 8]`. The result is
 * added to what lies at `c`, rows `cStep` bytes apart, if `accumulate`, and stored there if not.
 */
export function columnTile(
	count: i32,
	a: usize,
	aStep: usize,
	panel: usize,
	c: usize,
	cStep: usize,
	accumulate: bool,
): void {
	let c00 = f32x4.splat(0);
	let c01 = f32x4.splat(0);
	let c10 = f32x4.splat(0);
	let c11 = f32x4.splat(0);
	let c20 = f32x4.splat(0);
	let c21 = f32x4.splat(0);
	let c30 = f32x4.splat(0);
	let c31 = f32x4.splat(0);
	const end = panel + (usize(count) << 5);
	while (panel != end) {
		const b0 = v128.load(panel);
		const b1 = v128.load(panel, 16);
		const s0 = v128.load_splat<f32>(a);
		c00 = f32x4.add(c00, f32x4.mul(s0, b0));
		c01 = f32x4.add(c01, f32x4.mul(s0, b1));
		const s1 = v128.load_splat<f32>(a, 4);
		c10 = f32x4.add(c10, f32x4.mul(s1, b0));
		c11 = f32x4.add(c11, f32x4.mul(s1, b1));
		const s2 = v128.load_splat<f32>(a, 8);
		c20 = f32x4.add(c20, f32x4.mul(s2, b0));
		c21 = f32x4.add(c21, f32x4.mul(s2, b1));
		const s3 = v128.load_splat<f32>(a, 12);
		c30 = f32x4.add(c30, f32x4.mul(s3, b0));
		c31 = f32x4.add(c31, f32x4.mul(s3, b1));
		panel += 32;
		a += aStep;
	}
	const c1 = c + cStep;
	const c2 = c1 + cStep;
	const c3 = c2 + cStep;
	if (accumulate) {
		c00 = f32x4.add(c00, v128.load(c));
		c01 = f32x4.add(c01, v128.load(c, 16));
		c10 = f32x4.add(c10, v128.load(c1));
		c11 = f32x4.add(c11, v128.load(c1, 16));
		c20 = f32x4.add(c20, v128.load(c2));
		c21 = f32x4.add(c21, v128.load(c2, 16));
		c30 = f32x4.add(c30, v128.load(c3));
		c31 = f32x4.add(c31, v128.load(c3, 16));
	}
	v128.store(c, c00);
	v128.store(c, c01, 16);
	v128.store(c1, c10);
	v128.store(c1, c11, 16);
	v128.store(c2, c20);
	v128.store(c2, c21, 16);
	v128.store(c3, c30);
	v128.store(c3, c31, 16);
}

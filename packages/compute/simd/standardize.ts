// The passes of a normalisation over `[blocks, rows, channels]` whose factors are those of a channel. 16 channels at a
// time, so that their factors stay in registers while the rows pass.

/** Bytes of rows that are passed before the next channels: they stay in the first cache. */
const blockBytes: i32 = 8192;
const leastRows: i32 = 8;

function rowsAtATime(channels: i32): i32 {
	return max(leastRows, blockBytes / (channels << 2));
}

/**
 * x scale + shift: x and the result `[blocks, rows, channels]`, scale `[blocks, channels]`, shift `[channels]`.
 * `target` may be `x`.
 */
export function scaleAndShift(
	x: usize,
	scale: usize,
	shift: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	target: usize,
): void {
	if (channels == 0) return;
	const row = usize(channels) << 2;
	const wide = row & ~63;
	const group = rowsAtATime(channels);
	for (let block = 0; block < blocks; block++) {
		for (let first = 0; first < rows; first += group) {
			const bytes = usize(min(group, rows - first)) * row;
			for (let at: usize = 0; at < wide; at += 64) {
				scaleColumns(x + at, bytes, row, scale + at, shift + at, target + at);
			}
			if (wide < row) scaleRest(x, bytes, row, scale, shift, target);
			x += bytes;
			target += bytes;
		}
		scale += row;
	}
}

/** 16 channels of so many bytes of rows. */
function scaleColumns(x: usize, bytes: usize, row: usize, scale: usize, shift: usize, target: usize): void {
	const f0 = v128.load(scale);
	const f1 = v128.load(scale, 16);
	const f2 = v128.load(scale, 32);
	const f3 = v128.load(scale, 48);
	const s0 = v128.load(shift);
	const s1 = v128.load(shift, 16);
	const s2 = v128.load(shift, 32);
	const s3 = v128.load(shift, 48);
	for (const end = x + bytes; x < end; x += row) {
		const r0 = f32x4.add(f32x4.mul(v128.load(x), f0), s0);
		const r1 = f32x4.add(f32x4.mul(v128.load(x, 16), f1), s1);
		const r2 = f32x4.add(f32x4.mul(v128.load(x, 32), f2), s2);
		const r3 = f32x4.add(f32x4.mul(v128.load(x, 48), f3), s3);
		v128.store(target, r0);
		v128.store(target, r1, 16);
		v128.store(target, r2, 32);
		v128.store(target, r3, 48);
		target += row;
	}
}

/** The channels behind the last 16. */
function scaleRest(x: usize, bytes: usize, row: usize, scale: usize, shift: usize, target: usize): void {
	const vectors = row & ~15;
	for (const end = x + bytes; x < end; x += row) {
		let at = row & ~63;
		for (; at < vectors; at += 16) {
			const scaled = f32x4.mul(v128.load(x + at), v128.load(scale + at));
			v128.store(target + at, f32x4.add(scaled, v128.load(shift + at)));
		}
		for (; at < row; at += 4) {
			store<f32>(target + at, load<f32>(x + at) * load<f32>(scale + at) + load<f32>(shift + at));
		}
		target += row;
	}
}

/**
 * dy steepness - centred pull - offset, the gradient of a normalisation's input: dy, centred and the result
 * `[blocks, rows, channels]`, the others `[blocks, channels]`. `dx` may be `dy` or `centred`.
 */
export function standardizeGradient(
	dy: usize,
	centred: usize,
	steepness: usize,
	pull: usize,
	offset: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	dx: usize,
): void {
	if (channels == 0) return;
	const row = usize(channels) << 2;
	const wide = row & ~63;
	const group = rowsAtATime(channels);
	for (let block = 0; block < blocks; block++) {
		for (let first = 0; first < rows; first += group) {
			const bytes = usize(min(group, rows - first)) * row;
			for (let at: usize = 0; at < wide; at += 64) {
				combineColumns(dy + at, centred + at, bytes, row, steepness + at, pull + at, offset + at, dx + at);
			}
			if (wide < row) combineRest(dy, centred, bytes, row, steepness, pull, offset, dx);
			dy += bytes;
			centred += bytes;
			dx += bytes;
		}
		steepness += row;
		pull += row;
		offset += row;
	}
}

/** 16 channels of so many bytes of rows. */
function combineColumns(
	dy: usize,
	centred: usize,
	bytes: usize,
	row: usize,
	steepness: usize,
	pull: usize,
	offset: usize,
	dx: usize,
): void {
	const f0 = v128.load(steepness);
	const f1 = v128.load(steepness, 16);
	const f2 = v128.load(steepness, 32);
	const f3 = v128.load(steepness, 48);
	const p0 = v128.load(pull);
	const p1 = v128.load(pull, 16);
	const p2 = v128.load(pull, 32);
	const p3 = v128.load(pull, 48);
	const o0 = v128.load(offset);
	const o1 = v128.load(offset, 16);
	const o2 = v128.load(offset, 32);
	const o3 = v128.load(offset, 48);
	for (const end = dy + bytes; dy < end; dy += row) {
		v128.store(dx, combined(v128.load(dy), v128.load(centred), f0, p0, o0));
		v128.store(dx, combined(v128.load(dy, 16), v128.load(centred, 16), f1, p1, o1), 16);
		v128.store(dx, combined(v128.load(dy, 32), v128.load(centred, 32), f2, p2, o2), 32);
		v128.store(dx, combined(v128.load(dy, 48), v128.load(centred, 48), f3, p3, o3), 48);
		centred += row;
		dx += row;
	}
}

function combined(dy: v128, centred: v128, steepness: v128, pull: v128, offset: v128): v128 {
	return f32x4.sub(f32x4.sub(f32x4.mul(dy, steepness), f32x4.mul(centred, pull)), offset);
}

/** The channels behind the last 16. */
function combineRest(
	dy: usize,
	centred: usize,
	bytes: usize,
	row: usize,
	steepness: usize,
	pull: usize,
	offset: usize,
	dx: usize,
): void {
	const vectors = row & ~15;
	for (const end = dy + bytes; dy < end; dy += row) {
		let at = row & ~63;
		for (; at < vectors; at += 16) {
			const factors = v128.load(steepness + at);
			const result = combined(
				v128.load(dy + at),
				v128.load(centred + at),
				factors,
				v128.load(pull + at),
				v128.load(offset + at),
			);
			v128.store(dx + at, result);
		}
		for (; at < row; at += 4) {
			const slope = load<f32>(dy + at) * load<f32>(steepness + at);
			store<f32>(dx + at, slope - load<f32>(centred + at) * load<f32>(pull + at) - load<f32>(offset + at));
		}
		centred += row;
		dx += row;
	}
}

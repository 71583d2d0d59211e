// The passes of a normalisation over `[blocks, rows, channels]` whose factors are those of a channel. 16 channels at a
// time, so that their factors stay in registers while the rows pass. What a pass computes is a type argument, so that
// the compiler makes one loop for each; its classes have no instances.

/** Bytes of rows that are passed before the next channels: they stay in the first cache. */
const blockBytes: i32 = 8192;
const leastRows: i32 = 8;

/** x scale + shift, where the shift is the same in every block. There is no second operand. */
@unmanaged
class Affine {
	secondFactor(at: usize): v128 {
		return f32x4.splat(0);
	}
	termStep(row: usize): usize {
		return 0;
	}
	vector(x: v128, _other: usize, scale: v128, _none: v128, shift: v128): v128 {
		return f32x4.add(f32x4.mul(x, scale), shift);
	}
	scalar(x: usize, _other: usize, scale: usize, _none: usize, shift: usize): f32 {
		return load<f32>(x) * load<f32>(scale) + load<f32>(shift);
	}
}

/** dy steepness - centred pull - offset */
@unmanaged
class Slope {
	secondFactor(at: usize): v128 {
		return v128.load(at);
	}
	termStep(row: usize): usize {
		return row;
	}
	vector(dy: v128, centred: usize, steepness: v128, pull: v128, offset: v128): v128 {
		const own = f32x4.mul(dy, steepness);
		return f32x4.sub(f32x4.sub(own, f32x4.mul(v128.load(centred), pull)), offset);
	}
	scalar(dy: usize, centred: usize, steepness: usize, pull: usize, offset: usize): f32 {
		return load<f32>(dy) * load<f32>(steepness) - load<f32>(centred) * load<f32>(pull) - load<f32>(offset);
	}
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
	pass<Affine>(x, x, scale, scale, shift, blocks, rows, channels, target);
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
	pass<Slope>(dy, centred, steepness, pull, offset, blocks, rows, channels, dx);
}

/** Operands `a` and `b`, factors of each, and a last term. */
function pass<Operation>(
	a: usize,
	b: usize,
	factor: usize,
	second: usize,
	term: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	target: usize,
): void {
	if (channels == 0) return;
	const row = usize(channels) << 2;
	const wide = row & ~63;
	const group = max(leastRows, blockBytes / i32(row));
	for (let block = 0; block < blocks; block++) {
		for (let first = 0; first < rows; first += group) {
			const bytes = usize(min(group, rows - first)) * row;
			for (let at: usize = 0; at < wide; at += 64) {
				passColumns<Operation>(a + at, b + at, bytes, row, factor + at, second + at, term + at, target + at);
			}
			if (wide < row) passRest<Operation>(a, b, bytes, row, factor, second, term, target);
			a += bytes;
			b += bytes;
			target += bytes;
		}
		factor += row;
		second += row;
		term += changetype<Operation>(0).termStep(row);
	}
}

/** 16 channels of so many bytes of rows. */
function passColumns<Operation>(
	a: usize,
	b: usize,
	bytes: usize,
	row: usize,
	factor: usize,
	second: usize,
	term: usize,
	target: usize,
): void {
	const operation = changetype<Operation>(0);
	const f0 = v128.load(factor);
	const f1 = v128.load(factor, 16);
	const f2 = v128.load(factor, 32);
	const f3 = v128.load(factor, 48);
	const s0 = operation.secondFactor(second);
	const s1 = operation.secondFactor(second + 16);
	const s2 = operation.secondFactor(second + 32);
	const s3 = operation.secondFactor(second + 48);
	const t0 = v128.load(term);
	const t1 = v128.load(term, 16);
	const t2 = v128.load(term, 32);
	const t3 = v128.load(term, 48);
	// Two results at a time: besides twelve factors the registers hold no four.
	for (const end = a + bytes; a < end; a += row) {
		const r0 = operation.vector(v128.load(a), b, f0, s0, t0);
		const r1 = operation.vector(v128.load(a, 16), b + 16, f1, s1, t1);
		v128.store(target, r0);
		v128.store(target, r1, 16);
		const r2 = operation.vector(v128.load(a, 32), b + 32, f2, s2, t2);
		const r3 = operation.vector(v128.load(a, 48), b + 48, f3, s3, t3);
		v128.store(target, r2, 32);
		v128.store(target, r3, 48);
		b += row;
		target += row;
	}
}

/** The channels behind the last 16. */
function passRest<Operation>(
	a: usize,
	b: usize,
	bytes: usize,
	row: usize,
	factor: usize,
	second: usize,
	term: usize,
	target: usize,
): void {
	const operation = changetype<Operation>(0);
	const vectors = row & ~15;
	for (const end = a + bytes; a < end; a += row) {
		let at = row & ~63;
		for (; at < vectors; at += 16) {
			const factors = v128.load(factor + at);
			const seconds = operation.secondFactor(second + at);
			const result = operation.vector(v128.load(a + at), b + at, factors, seconds, v128.load(term + at));
			v128.store(target + at, result);
		}
		for (; at < row; at += 4) {
			store<f32>(target + at, operation.scalar(a + at, b + at, factor + at, second + at, term + at));
		}
		b += row;
		target += row;
	}
}

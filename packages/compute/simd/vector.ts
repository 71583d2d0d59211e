// Arithmetic on flat vectors of `count` float32 values, rounded to float32 after every operation if nothing else is said.

/** y += scale x */
export function addScaled(y: usize, x: usize, count: i32, scale: f32): void {
	const factor = f32x4.splat(scale);
	const end = y + (usize(count) << 2);
	for (; y + 64 <= end; y += 64) {
		const r0 = f32x4.add(v128.load(y), f32x4.mul(v128.load(x), factor));
		const r1 = f32x4.add(v128.load(y, 16), f32x4.mul(v128.load(x, 16), factor));
		const r2 = f32x4.add(v128.load(y, 32), f32x4.mul(v128.load(x, 32), factor));
		const r3 = f32x4.add(v128.load(y, 48), f32x4.mul(v128.load(x, 48), factor));
		v128.store(y, r0);
		v128.store(y, r1, 16);
		v128.store(y, r2, 32);
		v128.store(y, r3, 48);
		x += 64;
	}
	for (; y < end; y += 4) {
		store<f32>(y, load<f32>(y) + load<f32>(x) * scale);
		x += 4;
	}
}

/** x *= factor */
export function scale(x: usize, count: i32, factor: f32): void {
	const factors = f32x4.splat(factor);
	const end = x + (usize(count) << 2);
	for (; x + 64 <= end; x += 64) {
		v128.store(x, f32x4.mul(v128.load(x), factors));
		v128.store(x, f32x4.mul(v128.load(x, 16), factors), 16);
		v128.store(x, f32x4.mul(v128.load(x, 32), factors), 32);
		v128.store(x, f32x4.mul(v128.load(x, 48), factors), 48);
	}
	for (; x < end; x += 4) store<f32>(x, load<f32>(x) * factor);
}

/** Sum of x y, with products and sums in float64: eight partial sums, added up at the end. */
export function dotProduct(x: usize, y: usize, count: i32): f64 {
	let s0 = f64x2.splat(0);
	let s1 = f64x2.splat(0);
	let s2 = f64x2.splat(0);
	let s3 = f64x2.splat(0);
	const end = x + (usize(count) << 2);
	for (; x + 32 <= end; x += 32) {
		s0 = f64x2.add(s0, f64x2.mul(loadTwo(x), loadTwo(y)));
		s1 = f64x2.add(s1, f64x2.mul(loadTwo(x + 8), loadTwo(y + 8)));
		s2 = f64x2.add(s2, f64x2.mul(loadTwo(x + 16), loadTwo(y + 16)));
		s3 = f64x2.add(s3, f64x2.mul(loadTwo(x + 24), loadTwo(y + 24)));
		y += 32;
	}
	const sums = f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3));
	let total = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
	for (; x < end; x += 4) {
		total += f64(load<f32>(x)) * f64(load<f32>(y));
		y += 4;
	}
	return total;
}

/** Two neighbours as float64. */
function loadTwo(x: usize): v128 {
	return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

// Sums of vectors in float64. Every element is computed as plain JavaScript does it, so that the bits are the same.

/** sum = scale x, for `count` float32 values `x` and as many float64 values `sum`. */
export function setScaled(sum: usize, x: usize, count: i32, scale: f64): void {
	const scales = f64x2.splat(scale);
	const end = x + (usize(count) << 2);
	for (; x + 16 <= end; x += 16) {
		v128.store(sum, f64x2.mul(scales, loadTwo(x)));
		v128.store(sum, f64x2.mul(scales, loadTwo(x + 8)), 16);
		sum += 32;
	}
	for (; x < end; x += 4) {
		store<f64>(sum, scale * f64(load<f32>(x)));
		sum += 8;
	}
}

/** sum += scale x, for `count` float32 values `x` and as many float64 values `sum`. */
export function addScaled(sum: usize, x: usize, count: i32, scale: f64): void {
	const scales = f64x2.splat(scale);
	const end = x + (usize(count) << 2);
	for (; x + 16 <= end; x += 16) {
		v128.store(sum, f64x2.add(v128.load(sum), f64x2.mul(scales, loadTwo(x))));
		v128.store(sum, f64x2.add(v128.load(sum, 16), f64x2.mul(scales, loadTwo(x + 8))), 16);
		sum += 32;
	}
	for (; x < end; x += 4) {
		store<f64>(sum, load<f64>(sum) + scale * f64(load<f32>(x)));
		sum += 8;
	}
}

/** left += right, `count` float64 values each. */
export function add(left: usize, right: usize, count: i32): void {
	const end = left + (usize(count) << 3);
	for (; left + 32 <= end; left += 32) {
		v128.store(left, f64x2.add(v128.load(left), v128.load(right)));
		v128.store(left, f64x2.add(v128.load(left, 16), v128.load(right, 16)), 16);
		right += 32;
	}
	for (; left < end; left += 8) {
		store<f64>(left, load<f64>(left) + load<f64>(right));
		right += 8;
	}
}

/** target = sum / divisor, for `count` float64 values `sum`, rounded to float32. */
export function divide(sum: usize, count: i32, divisor: f64, target: usize): void {
	const divisors = f64x2.splat(divisor);
	const end = target + (usize(count) << 2);
	for (; target + 8 <= end; target += 8) {
		v128.store_lane<f64>(target, f32x4.demote_f64x2_zero(f64x2.div(v128.load(sum), divisors)), 0);
		sum += 16;
	}
	if (target < end) store<f32>(target, f32(load<f64>(sum) / divisor));
}

/** Two neighbouring float32 values as float64. */
function loadTwo(x: usize): v128 {
	return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/**
 * Bytes as numbers: writes `byte scale + shift`, computed in float64 and rounded once, as float32 for each of `count`
 * bytes.
 */
export function bytesToFloats(source: usize, count: i32, scale: f64, shift: f64, target: usize): void {
	const scales = f64x2.splat(scale);
	const shifts = f64x2.splat(shift);
	const vectors = count & ~7;
	let i = 0;
	for (; i < vectors; i += 8) {
		const words = i16x8.extend_low_i8x16_u(v128.load64_zero(source + usize(i)));
		const to = target + (usize(i) << 2);
		v128.store(to, fourFloats(i32x4.extend_low_i16x8_u(words), scales, shifts));
		v128.store(to, fourFloats(i32x4.extend_high_i16x8_u(words), scales, shifts), 16);
	}
	for (; i < count; i++) {
		store<f32>(target + (usize(i) << 2), f32(f64(load<u8>(source + usize(i))) * scale + shift));
	}
}

function fourFloats(values: v128, scales: v128, shifts: v128): v128 {
	const low = f64x2.convert_low_i32x4_u(values);
	const high = f64x2.convert_low_i32x4_u(v128.shuffle<i32>(values, values, 2, 3, 0, 1));
	const first = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(low, scales), shifts));
	const second = f32x4.demote_f64x2_zero(f64x2.add(f64x2.mul(high, scales), shifts));
	return v128.shuffle<f32>(first, second, 0, 1, 4, 5);
}

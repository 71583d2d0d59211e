/** Beyond this tanh is 1 in float32. */
const saturation: f32 = 9.1;

/**
 * tanh of the values from `x` to `end`. tanh|x| = t / (t + 2) for t = exp(2|x|) - 1 = 2ⁿ p + (2ⁿ - 1), where
 * 2|x| = n ln 2 + r with |r| <= ln 2 / 2 and p is the Taylor polynomial of exp(r) - 1: accurate near 0 as well.
 */
export function tanh(x: usize, end: usize, target: usize): void {
	for (; x + 16 <= end; x += 16) {
		v128.store(target, tanhOfFour(v128.load(x)));
		target += 16;
	}
	for (; x < end; x += 4) {
		store<f32>(target, f32x4.extract_lane(tanhOfFour(v128.load_splat<f32>(x)), 0));
		target += 4;
	}
}

function tanhOfFour(x: v128): v128 {
	const sign = v128.and(x, i32x4.splat(0x80000000));
	const doubled = f32x4.mul(f32x4.min(f32x4.abs(x), f32x4.splat(saturation)), f32x4.splat(2));
	const n = f32x4.nearest(f32x4.mul(doubled, f32x4.splat(1.44269504)));
	// ln 2 in two parts, so that n times the first is exact.
	const r = f32x4.sub(
		f32x4.sub(doubled, f32x4.mul(n, f32x4.splat(0.693145752))),
		f32x4.mul(n, f32x4.splat(1.42860677e-6)),
	);
	let p = f32x4.splat(1.0 / 5040);
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
	p = f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r);
	const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
	const t = f32x4.add(f32x4.mul(p, power), f32x4.sub(power, f32x4.splat(1)));
	return v128.or(f32x4.div(t, f32x4.add(t, f32x4.splat(2))), sign);
}

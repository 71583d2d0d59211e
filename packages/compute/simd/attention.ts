/**
 * Softmax of the rows of `[batch, asking, positions]`, where the last positions ask, over the positions up to the asking
 * one, zeros after them: a position attends to itself and to those before it.
 */
export function causalSoftmax(x: usize, batch: i32, asking: i32, positions: i32, target: usize): void {
	const rowBytes = usize(positions) << 2;
	for (let i = 0; i < batch; i++) {
		for (let seen = positions - asking + 1; seen <= positions; seen++) {
			const bytes = usize(seen) << 2;
			softmaxOfRow(x, bytes, target);
			let at = bytes;
			for (; at + 16 <= rowBytes; at += 16) v128.store(target + at, f32x4.splat(0));
			for (; at < rowBytes; at += 4) store<f32>(target + at, 0);
			x += rowBytes;
			target += rowBytes;
		}
	}
}

function softmaxOfRow(x: usize, bytes: usize, target: usize): void {
	const vectors = bytes & ~15;
	let highest = load<f32>(x);
	let at: usize = 0;
	if (vectors > 0) {
		// What is not a number may get lost here; its exponential is not a number either.
		let all = v128.load(x);
		for (at = 16; at < vectors; at += 16) all = f32x4.pmax(all, v128.load(x + at));
		highest = max(
			max(f32x4.extract_lane(all, 0), f32x4.extract_lane(all, 1)),
			max(f32x4.extract_lane(all, 2), f32x4.extract_lane(all, 3)),
		);
	}
	for (at = vectors; at < bytes; at += 4) highest = max(highest, load<f32>(x + at));
	const shift = f32x4.splat(highest);
	let sums = f32x4.splat(0);
	for (at = 0; at < vectors; at += 16) {
		const e = exponential(f32x4.sub(v128.load(x + at), shift));
		v128.store(target + at, e);
		sums = f32x4.add(sums, e);
	}
	let total = sumOf(sums);
	for (; at < bytes; at += 4) {
		const e = f32x4.extract_lane(exponential(f32x4.splat(load<f32>(x + at) - highest)), 0);
		store<f32>(target + at, e);
		total += e;
	}
	const scale: f32 = 1 / total;
	const scales = f32x4.splat(scale);
	for (at = 0; at < vectors; at += 16) {
		v128.store(target + at, f32x4.mul(v128.load(target + at), scales));
	}
	for (; at < bytes; at += 4) store<f32>(target + at, load<f32>(target + at) * scale);
}

function sumOf(lanes: v128): f32 {
	return (
		f32x4.extract_lane(lanes, 0) +
		f32x4.extract_lane(lanes, 1) +
		(f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
	);
}

/** Gradient of a softmax with the result y: y (dy - sum of y dy), by rows of `[rows, columns]`. */
export function softmaxGradient(y: usize, dy: usize, rows: i32, columns: i32, target: usize): void {
	const rowBytes = usize(columns) << 2;
	const vectors = rowBytes & ~15;
	for (let row = 0; row < rows; row++) {
		let sums = f32x4.splat(0);
		let at: usize = 0;
		for (; at < vectors; at += 16) {
			sums = f32x4.add(sums, f32x4.mul(v128.load(y + at), v128.load(dy + at)));
		}
		let sum = sumOf(sums);
		for (; at < rowBytes; at += 4) sum += load<f32>(y + at) * load<f32>(dy + at);
		const all = f32x4.splat(sum);
		for (at = 0; at < vectors; at += 16) {
			v128.store(target + at, f32x4.mul(v128.load(y + at), f32x4.sub(v128.load(dy + at), all)));
		}
		for (; at < rowBytes; at += 4) {
			store<f32>(target + at, load<f32>(y + at) * (load<f32>(dy + at) - sum));
		}
		y += rowBytes;
		dy += rowBytes;
		target += rowBytes;
	}
}

/** Swaps the middle dimensions of `[outer, a, b, inner]`. */
export function swapMiddle(x: usize, outer: i32, a: i32, b: i32, inner: i32, target: usize): void {
	const runBytes = usize(inner) << 2;
	const vectors = runBytes & ~15;
	for (let block = 0; block < outer; block++) {
		for (let j = 0; j < b; j++) {
			let from = x + usize(j) * runBytes;
			for (let i = 0; i < a; i++) {
				let at: usize = 0;
				for (; at < vectors; at += 16) v128.store(target + at, v128.load(from + at));
				for (; at < runBytes; at += 4) store<f32>(target + at, load<f32>(from + at));
				target += runBytes;
				from += usize(b) * runBytes;
			}
		}
		x += usize(a) * usize(b) * runBytes;
	}
}

/** Added to a number between -2²² and 2²² and taken away again, it leaves the nearest whole number. */
const rounding: f32 = 12582912;

/**
 * exp of four values. exp(x) = 2ⁿ p, where x = n ln 2 + r with |r| <= ln 2 / 2 and p is the Taylor polynomial of exp(r).
 * Values below -87, whose exponential is below the smallest normal number, count as -87, those above 88 as 88.
 */
function exponential(x: v128): v128 {
	const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(88)), f32x4.splat(-87));
	// The lowest bits of this are those of n.
	const shifted = f32x4.add(f32x4.mul(bounded, f32x4.splat(1.44269504)), f32x4.splat(rounding));
	const n = f32x4.sub(shifted, f32x4.splat(rounding));
	// ln 2 in two parts, so that n times the first is exact.
	const r = f32x4.sub(
		f32x4.sub(bounded, f32x4.mul(n, f32x4.splat(0.693145752))),
		f32x4.mul(n, f32x4.splat(1.42860677e-6)),
	);
	let p = f32x4.splat(1.0 / 5040);
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 720));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 120));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 24));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.0 / 6));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
	p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1));
	const power = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
	return f32x4.mul(p, power);
}

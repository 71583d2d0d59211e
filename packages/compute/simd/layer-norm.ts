// A row is summed in several vectors side by side: one alone would wait for each addition before the next.

/** Added to variances before the square root. */
const epsilon: f32 = 1e-5;

/** (x - mean) / sqrt(variance + epsilon) scale + shift by rows of `[rows, channels]`; scale and shift `[channels]`. */
export function layerNorm(
	x: usize,
	rows: i32,
	channels: i32,
	scale: usize,
	shift: usize,
	target: usize,
): void {
	const bytes = usize(channels) << 2;
	const vectors = bytes & ~15;
	for (let row = 0; row < rows; row++) {
		const mean = meanOf(x, bytes);
		const inverse = inverseDeviation(x, bytes, mean);
		const means = f32x4.splat(mean);
		const inverses = f32x4.splat(inverse);
		let at: usize = 0;
		for (; at < vectors; at += 16) {
			const normal = f32x4.mul(f32x4.sub(v128.load(x + at), means), inverses);
			v128.store(target + at, f32x4.add(f32x4.mul(normal, v128.load(scale + at)), v128.load(shift + at)));
		}
		for (; at < bytes; at += 4) {
			const normal = (load<f32>(x + at) - mean) * inverse;
			store<f32>(target + at, normal * load<f32>(scale + at) + load<f32>(shift + at));
		}
		x += bytes;
		target += bytes;
	}
}

/** Gradient of `layerNorm` by x. */
export function layerNormGradient(
	x: usize,
	dy: usize,
	rows: i32,
	channels: i32,
	scale: usize,
	target: usize,
): void {
	const bytes = usize(channels) << 2;
	const vectors = bytes & ~15;
	const pairs = bytes & ~31;
	const share: f32 = 1 / f32(channels);
	for (let row = 0; row < rows; row++) {
		const mean = meanOf(x, bytes);
		const inverse = inverseDeviation(x, bytes, mean);
		const means = f32x4.splat(mean);
		let slopes0 = f32x4.splat(0);
		let slopes1 = f32x4.splat(0);
		let products0 = f32x4.splat(0);
		let products1 = f32x4.splat(0);
		let at: usize = 0;
		for (; at < pairs; at += 32) {
			const first = f32x4.mul(v128.load(dy + at), v128.load(scale + at));
			const second = f32x4.mul(v128.load(dy + at, 16), v128.load(scale + at, 16));
			slopes0 = f32x4.add(slopes0, first);
			slopes1 = f32x4.add(slopes1, second);
			products0 = f32x4.add(products0, f32x4.mul(first, f32x4.sub(v128.load(x + at), means)));
			products1 = f32x4.add(products1, f32x4.mul(second, f32x4.sub(v128.load(x + at, 16), means)));
		}
		if (at < vectors) {
			const last = f32x4.mul(v128.load(dy + at), v128.load(scale + at));
			slopes0 = f32x4.add(slopes0, last);
			products0 = f32x4.add(products0, f32x4.mul(last, f32x4.sub(v128.load(x + at), means)));
			at += 16;
		}
		let slopeSum = sumOf(f32x4.add(slopes0, slopes1));
		let productSum = sumOf(f32x4.add(products0, products1));
		for (; at < bytes; at += 4) {
			const slope = load<f32>(dy + at) * load<f32>(scale + at);
			slopeSum += slope;
			productSum += slope * (load<f32>(x + at) - mean);
		}
		// dx = inverse (slope - mean of slopes - normal (mean of slope normal)), where normal = (x - mean) inverse
		const offset = slopeSum * share;
		const pull = productSum * share * inverse * inverse;
		const offsets = f32x4.splat(offset);
		const pulls = f32x4.splat(pull);
		const inverses = f32x4.splat(inverse);
		for (at = 0; at < vectors; at += 16) {
			const slope = f32x4.mul(v128.load(dy + at), v128.load(scale + at));
			const pulled = f32x4.mul(f32x4.sub(v128.load(x + at), means), pulls);
			v128.store(target + at, f32x4.mul(f32x4.sub(f32x4.sub(slope, offsets), pulled), inverses));
		}
		for (; at < bytes; at += 4) {
			const slope = load<f32>(dy + at) * load<f32>(scale + at);
			store<f32>(target + at, (slope - offset - (load<f32>(x + at) - mean) * pull) * inverse);
		}
		x += bytes;
		dy += bytes;
		target += bytes;
	}
}

/** Gradient of `layerNorm` by the scale, `[channels]`: sums of dy (x - mean) / sqrt(variance + epsilon) over the rows. */
export function layerNormScaleGradient(x: usize, dy: usize, rows: i32, channels: i32, target: usize): void {
	const bytes = usize(channels) << 2;
	const vectors = bytes & ~15;
	memory.fill(target, 0, bytes);
	for (let row = 0; row < rows; row++) {
		const mean = meanOf(x, bytes);
		const inverse = inverseDeviation(x, bytes, mean);
		const means = f32x4.splat(mean);
		const inverses = f32x4.splat(inverse);
		let at: usize = 0;
		for (; at < vectors; at += 16) {
			const normal = f32x4.mul(f32x4.sub(v128.load(x + at), means), inverses);
			v128.store(target + at, f32x4.add(v128.load(target + at), f32x4.mul(v128.load(dy + at), normal)));
		}
		for (; at < bytes; at += 4) {
			const normal = (load<f32>(x + at) - mean) * inverse;
			store<f32>(target + at, load<f32>(target + at) + load<f32>(dy + at) * normal);
		}
		x += bytes;
		dy += bytes;
	}
}

function meanOf(x: usize, bytes: usize): f32 {
	const vectors = bytes & ~15;
	const blocks = bytes & ~63;
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	let s2 = f32x4.splat(0);
	let s3 = f32x4.splat(0);
	let at: usize = 0;
	for (; at < blocks; at += 64) {
		s0 = f32x4.add(s0, v128.load(x + at));
		s1 = f32x4.add(s1, v128.load(x + at, 16));
		s2 = f32x4.add(s2, v128.load(x + at, 32));
		s3 = f32x4.add(s3, v128.load(x + at, 48));
	}
	for (; at < vectors; at += 16) s0 = f32x4.add(s0, v128.load(x + at));
	let sum = sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
	for (; at < bytes; at += 4) sum += load<f32>(x + at);
	return sum / f32(bytes >> 2);
}

function inverseDeviation(x: usize, bytes: usize, mean: f32): f32 {
	const vectors = bytes & ~15;
	const blocks = bytes & ~63;
	const means = f32x4.splat(mean);
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	let s2 = f32x4.splat(0);
	let s3 = f32x4.splat(0);
	let at: usize = 0;
	for (; at < blocks; at += 64) {
		s0 = f32x4.add(s0, squareOfDifference(v128.load(x + at), means));
		s1 = f32x4.add(s1, squareOfDifference(v128.load(x + at, 16), means));
		s2 = f32x4.add(s2, squareOfDifference(v128.load(x + at, 32), means));
		s3 = f32x4.add(s3, squareOfDifference(v128.load(x + at, 48), means));
	}
	for (; at < vectors; at += 16) s0 = f32x4.add(s0, squareOfDifference(v128.load(x + at), means));
	let sum = sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
	for (; at < bytes; at += 4) {
		const centred = load<f32>(x + at) - mean;
		sum += centred * centred;
	}
	return 1 / sqrt<f32>(sum / f32(bytes >> 2) + epsilon);
}

function squareOfDifference(a: v128, b: v128): v128 {
	const difference = f32x4.sub(a, b);
	return f32x4.mul(difference, difference);
}

function sumOf(lanes: v128): f32 {
	return (
		f32x4.extract_lane(lanes, 0) +
		f32x4.extract_lane(lanes, 1) +
		(f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
	);
}

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
	const share: f32 = 1 / f32(channels);
	for (let row = 0; row < rows; row++) {
		const mean = meanOf(x, bytes);
		const inverse = inverseDeviation(x, bytes, mean);
		const means = f32x4.splat(mean);
		let slopes = f32x4.splat(0);
		let products = f32x4.splat(0);
		let at: usize = 0;
		for (; at < vectors; at += 16) {
			const slope = f32x4.mul(v128.load(dy + at), v128.load(scale + at));
			slopes = f32x4.add(slopes, slope);
			products = f32x4.add(products, f32x4.mul(slope, f32x4.sub(v128.load(x + at), means)));
		}
		let slopeSum = sumOf(slopes);
		let productSum = sumOf(products);
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
	let sums = f32x4.splat(0);
	let at: usize = 0;
	for (; at < vectors; at += 16) sums = f32x4.add(sums, v128.load(x + at));
	let sum = sumOf(sums);
	for (; at < bytes; at += 4) sum += load<f32>(x + at);
	return sum / f32(bytes >> 2);
}

function inverseDeviation(x: usize, bytes: usize, mean: f32): f32 {
	const vectors = bytes & ~15;
	const means = f32x4.splat(mean);
	let sums = f32x4.splat(0);
	let at: usize = 0;
	for (; at < vectors; at += 16) {
		const centred = f32x4.sub(v128.load(x + at), means);
		sums = f32x4.add(sums, f32x4.mul(centred, centred));
	}
	let sum = sumOf(sums);
	for (; at < bytes; at += 4) {
		const centred = load<f32>(x + at) - mean;
		sum += centred * centred;
	}
	return 1 / sqrt<f32>(sum / f32(bytes >> 2) + epsilon);
}

function sumOf(lanes: v128): f32 {
	return (
		f32x4.extract_lane(lanes, 0) +
		f32x4.extract_lane(lanes, 1) +
		(f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3))
	);
}

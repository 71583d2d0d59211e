import { addScaled } from "./vector";

/** A step of gradient descent: params -= rate gradient. */
export function sgdStep(params: usize, gradient: usize, count: i32, rate: f32): void {
	addScaled(params, gradient, count, -rate);
}

/**
 * A step of gradient descent with momentum: velocity = momentum velocity + gradient, then params -= rate velocity, or
 * with Nesterov's momentum params -= rate (gradient + momentum velocity).
 */
export function momentumStep(
	params: usize,
	gradient: usize,
	velocity: usize,
	count: i32,
	rate: f32,
	momentum: f32,
	nesterov: bool,
): void {
	const rates = f32x4.splat(rate);
	const momenta = f32x4.splat(momentum);
	const end = params + (usize(count) << 2);
	for (; params + 16 <= end; params += 16) {
		const g = v128.load(gradient);
		const v = f32x4.add(f32x4.mul(v128.load(velocity), momenta), g);
		v128.store(velocity, v);
		const direction = nesterov ? f32x4.add(g, f32x4.mul(v, momenta)) : v;
		v128.store(params, f32x4.sub(v128.load(params), f32x4.mul(direction, rates)));
		gradient += 16;
		velocity += 16;
	}
	for (; params < end; params += 4) {
		const g = load<f32>(gradient);
		const v = load<f32>(velocity) * momentum + g;
		store<f32>(velocity, v);
		const direction = nesterov ? g + v * momentum : v;
		store<f32>(params, load<f32>(params) - direction * rate);
		gradient += 4;
		velocity += 4;
	}
}

/**
 * A step of Adam: mean = beta1 mean + (1 - beta1) gradient, square = beta2 square + (1 - beta2) gradient², then
 * params -= rate (mean / meanCorrection) / (sqrt(square / squareCorrection) + epsilon). The corrections are
 * 1 - beta1^t and 1 - beta2^t at step t, which counts from 1.
 */
export function adamStep(
	params: usize,
	gradient: usize,
	mean: usize,
	square: usize,
	count: i32,
	rate: f64,
	beta1: f64,
	beta2: f64,
	epsilon: f64,
	meanCorrection: f64,
	squareCorrection: f64,
): void {
	// What is near 1 loses digits if rounded before it is subtracted from 1.
	const keptMean = f32x4.splat(f32(beta1));
	const newMean = f32x4.splat(f32(1 - beta1));
	const keptSquare = f32x4.splat(f32(beta2));
	const newSquare = f32x4.splat(f32(1 - beta2));
	const rates = f32x4.splat(f32(rate / meanCorrection));
	const squareScale = f32x4.splat(f32(1 / squareCorrection));
	const epsilons = f32x4.splat(f32(epsilon));
	const bytes = usize(count) << 2;
	const vectors = bytes & ~15;
	let i: usize = 0;
	for (; i < bytes; i += i < vectors ? 16 : 4) {
		const isWhole = i < vectors;
		const g = isWhole ? v128.load(gradient + i) : v128.load32_zero(gradient + i);
		const oldMean = isWhole ? v128.load(mean + i) : v128.load32_zero(mean + i);
		const oldSquare = isWhole ? v128.load(square + i) : v128.load32_zero(square + i);
		const old = isWhole ? v128.load(params + i) : v128.load32_zero(params + i);
		const m = f32x4.add(f32x4.mul(oldMean, keptMean), f32x4.mul(g, newMean));
		const s = f32x4.add(f32x4.mul(oldSquare, keptSquare), f32x4.mul(f32x4.mul(g, newSquare), g));
		const root = f32x4.add(f32x4.sqrt(f32x4.mul(s, squareScale)), epsilons);
		const result = f32x4.sub(old, f32x4.div(f32x4.mul(m, rates), root));
		if (isWhole) {
			v128.store(mean + i, m);
			v128.store(square + i, s);
			v128.store(params + i, result);
		} else {
			v128.store_lane<f32>(mean + i, m, 0);
			v128.store_lane<f32>(square + i, s, 0);
			v128.store_lane<f32>(params + i, result, 0);
		}
	}
}

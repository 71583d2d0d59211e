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
	for (; i < vectors; i += 16) {
		const g = v128.load(gradient + i);
		const m = mix(v128.load(mean + i), keptMean, g, newMean);
		const s = mix(v128.load(square + i), keptSquare, f32x4.mul(g, g), newSquare);
		v128.store(mean + i, m);
		v128.store(square + i, s);
		const step = quotient(f32x4.mul(m, rates), f32x4.mul(s, squareScale), epsilons);
		v128.store(params + i, f32x4.sub(v128.load(params + i), step));
	}
	for (; i < bytes; i += 4) {
		const g = v128.load32_zero(gradient + i);
		const m = mix(v128.load32_zero(mean + i), keptMean, g, newMean);
		const s = mix(v128.load32_zero(square + i), keptSquare, f32x4.mul(g, g), newSquare);
		v128.store_lane<f32>(mean + i, m, 0);
		v128.store_lane<f32>(square + i, s, 0);
		const step = quotient(f32x4.mul(m, rates), f32x4.mul(s, squareScale), epsilons);
		v128.store_lane<f32>(params + i, f32x4.sub(v128.load32_zero(params + i), step), 0);
	}
}

/** kept old + share added */
function mix(old: v128, kept: v128, added: v128, share: v128): v128 {
	return f32x4.add(f32x4.mul(old, kept), f32x4.mul(added, share));
}

/** m / (sqrt(s) + epsilon) */
function quotient(m: v128, s: v128, epsilon: v128): v128 {
	return f32x4.div(m, f32x4.add(f32x4.sqrt(s), epsilon));
}

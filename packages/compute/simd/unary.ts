// Functions of one value, element by element; the result may take the place of the operand. The function is a type
// argument, so that the compiler makes one loop for each; its classes have no instances.

@unmanaged
class Rectified {
	/** Not a number where x is not; f32x4.max costs several instructions. */
	of(x: v128): v128 {
		return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), f32x4.splat(0));
	}
}

@unmanaged
class Step {
	of(x: v128): v128 {
		const isOrdered = f32x4.eq(x, x);
		const one = v128.and(f32x4.gt(x, f32x4.splat(0)), f32x4.splat(1));
		return v128.bitselect(one, x, isOrdered);
	}
}

@unmanaged
class Square {
	of(x: v128): v128 {
		return f32x4.mul(x, x);
	}
}

@unmanaged
class ReciprocalRoot {
	of(x: v128): v128 {
		return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
	}
}

/** max(x, 0) */
export function relu(x: usize, count: i32, target: usize): void {
	apply<Rectified>(x, count, target);
}

/** 1 where x > 0, else 0; not a number where x is not. */
export function step(x: usize, count: i32, target: usize): void {
	apply<Step>(x, count, target);
}

export function square(x: usize, count: i32, target: usize): void {
	apply<Square>(x, count, target);
}

/** 1 / sqrt(x) */
export function rsqrt(x: usize, count: i32, target: usize): void {
	apply<ReciprocalRoot>(x, count, target);
}

function apply<Operation>(x: usize, count: i32, target: usize): void {
	const operation = changetype<Operation>(0);
	const end = x + (usize(count) << 2);
	for (; x + 64 <= end; x += 64) {
		const r0 = operation.of(v128.load(x));
		const r1 = operation.of(v128.load(x, 16));
		const r2 = operation.of(v128.load(x, 32));
		const r3 = operation.of(v128.load(x, 48));
		v128.store(target, r0);
		v128.store(target, r1, 16);
		v128.store(target, r2, 32);
		v128.store(target, r3, 48);
		target += 64;
	}
	for (; x < end; x += 4) {
		v128.store_lane<f32>(target, operation.of(v128.load_splat<f32>(x)), 0);
		target += 4;
	}
}

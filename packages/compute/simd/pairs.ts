// Functions of two values, element by element; the result may take the place of either operand. The function is a
// type argument, so that the compiler makes one loop for each; its classes have no instances.

@unmanaged
class Difference {
	of(a: v128, b: v128): v128 {
		return f32x4.sub(a, b);
	}
}

@unmanaged
class RectifiedSlope {
	of(y: v128, dy: v128): v128 {
		return v128.and(dy, f32x4.gt(y, f32x4.splat(0)));
	}
}

/** target = a - b */
export function subtractInto(a: usize, b: usize, count: i32, target: usize): void {
	apply<Difference>(a, b, count, target);
}

/** Gradient of `relu`: `dy` where its result `y` is positive, else 0. */
export function reluGradient(y: usize, dy: usize, count: i32, dx: usize): void {
	apply<RectifiedSlope>(y, dy, count, dx);
}

function apply<Operation>(a: usize, b: usize, count: i32, target: usize): void {
	const operation = changetype<Operation>(0);
	const end = a + (usize(count) << 2);
	for (; a + 64 <= end; a += 64) {
		const r0 = operation.of(v128.load(a), v128.load(b));
		const r1 = operation.of(v128.load(a, 16), v128.load(b, 16));
		const r2 = operation.of(v128.load(a, 32), v128.load(b, 32));
		const r3 = operation.of(v128.load(a, 48), v128.load(b, 48));
		v128.store(target, r0);
		v128.store(target, r1, 16);
		v128.store(target, r2, 32);
		v128.store(target, r3, 48);
		b += 64;
		target += 64;
	}
	for (; a < end; a += 4) {
		v128.store_lane<f32>(target, operation.of(v128.load_splat<f32>(a), v128.load_splat<f32>(b)), 0);
		b += 4;
		target += 4;
	}
}

// Elementwise operations on two tensors that broadcast. The operation is a type argument, so that the compiler
// makes one loop for each; its classes have no instances.

/** Extents of a result and steps of both operands, outermost dimension first; steps count bytes, 0 repeats. */
@unmanaged
class Broadcast {
	extent0: i32;
	extent1: i32;
	extent2: i32;
	extent3: i32;
	a0: i32;
	a1: i32;
	a2: i32;
	a3: i32;
	b0: i32;
	b1: i32;
	b2: i32;
	b3: i32;
}

@unmanaged
class Sum {
	vector(a: v128, b: v128): v128 {
		return f32x4.add(a, b);
	}
	scalar(a: f32, b: f32): f32 {
		return a + b;
	}
}

@unmanaged
class Difference {
	vector(a: v128, b: v128): v128 {
		return f32x4.sub(a, b);
	}
	scalar(a: f32, b: f32): f32 {
		return a - b;
	}
}

@unmanaged
class Product {
	vector(a: v128, b: v128): v128 {
		return f32x4.mul(a, b);
	}
	scalar(a: f32, b: f32): f32 {
		return a * b;
	}
}

@unmanaged
class Quotient {
	vector(a: v128, b: v128): v128 {
		return f32x4.div(a, b);
	}
	scalar(a: f32, b: f32): f32 {
		return a / b;
	}
}

export function add(shape: Broadcast, a: usize, b: usize, target: usize): void {
	combine<Sum>(shape, a, b, target);
}

export function subtract(shape: Broadcast, a: usize, b: usize, target: usize): void {
	combine<Difference>(shape, a, b, target);
}

export function multiply(shape: Broadcast, a: usize, b: usize, target: usize): void {
	combine<Product>(shape, a, b, target);
}

export function divide(shape: Broadcast, a: usize, b: usize, target: usize): void {
	combine<Quotient>(shape, a, b, target);
}

function combine<Operation>(shape: Broadcast, a: usize, b: usize, target: usize): void {
	const runBytes = usize(shape.extent3) << 2;
	const rowsRepeatB = usize(shape.a2) == runBytes && shape.a3 != 0 && shape.b2 == 0 && shape.b3 != 0;
	const isByColumn = (runBytes & 63) == 0 && rowsRepeatB;
	for (let i0 = 0; i0 < shape.extent0; i0++) {
		for (let i1 = 0; i1 < shape.extent1; i1++) {
			if (isByColumn) {
				const rows = a + i0 * shape.a0 + i1 * shape.a1;
				combineRows<Operation>(shape.extent2, runBytes, rows, b + i0 * shape.b0 + i1 * shape.b1, target);
				target += usize(shape.extent2) * runBytes;
				continue;
			}
			for (let i2 = 0; i2 < shape.extent2; i2++) {
				const fromA = a + i0 * shape.a0 + i1 * shape.a1 + i2 * shape.a2;
				const fromB = b + i0 * shape.b0 + i1 * shape.b1 + i2 * shape.b2;
				combineRun<Operation>(runBytes, fromA, shape.a3 != 0, fromB, shape.b3 != 0, target);
				target += runBytes;
			}
		}
	}
}

/** Combines each row of `a` with the row `b`, 16 columns at a time, whose part of `b` stays in registers. */
function combineRows<Operation>(rows: i32, row: usize, a: usize, b: usize, target: usize): void {
	const operation = changetype<Operation>(0);
	const bytes = usize(rows) * row;
	for (let column: usize = 0; column < row; column += 64) {
		const b0 = v128.load(b + column);
		const b1 = v128.load(b + column, 16);
		const b2 = v128.load(b + column, 32);
		const b3 = v128.load(b + column, 48);
		for (let i = column; i < bytes; i += row) {
			const r0 = operation.vector(v128.load(a + i), b0);
			const r1 = operation.vector(v128.load(a + i, 16), b1);
			const r2 = operation.vector(v128.load(a + i, 32), b2);
			const r3 = operation.vector(v128.load(a + i, 48), b3);
			v128.store(target + i, r0);
			v128.store(target + i, r1, 16);
			v128.store(target + i, r2, 32);
			v128.store(target + i, r3, 48);
		}
	}
}

/** Combines neighbours of the operands that move with the result, and the one value of an operand that does not. */
function combineRun<Operation>(
	bytes: usize,
	a: usize,
	aMoves: bool,
	b: usize,
	bMoves: bool,
	target: usize,
): void {
	const operation = changetype<Operation>(0);
	const vectors = bytes & ~15;
	let i: usize = 0;
	if (aMoves && bMoves) {
		for (; i < vectors; i += 16) v128.store(target + i, operation.vector(v128.load(a + i), v128.load(b + i)));
	} else if (aMoves) {
		const all = v128.load_splat<f32>(b);
		for (; i < vectors; i += 16) v128.store(target + i, operation.vector(v128.load(a + i), all));
	} else {
		const all = v128.load_splat<f32>(a);
		for (; i < vectors; i += 16) v128.store(target + i, operation.vector(all, v128.load(b + i)));
	}
	for (; i < bytes; i += 4) {
		const x = load<f32>(aMoves ? a + i : a);
		const y = load<f32>(bMoves ? b + i : b);
		store<f32>(target + i, operation.scalar(x, y));
	}
}

/** Values that are summed on their own before they join the total, which keeps rounding errors small. */
const block: i32 = 128;

/**
 * Sums over the middle dimension: `[outer, count, inner]` to `[outer, inner]`, each sum multiplied by `scale`.
 */
export function sumMiddle(x: usize, outer: i32, count: i32, inner: i32, scale: f32, target: usize): void {
	const row = usize(inner) << 2;
	for (let i = 0; i < outer; i++) {
		if (inner == 1) {
			store<f32>(target, sumRun(x, count) * scale);
		} else {
			let column: usize = 0;
			for (; column + 64 <= row; column += 64) sumColumns16(x + column, count, row, scale, target + column);
			for (; column + 16 <= row; column += 16) sumColumns4(x + column, count, row, scale, target + column);
			for (; column < row; column += 4) sumColumn(x + column, count, row, scale, target + column);
		}
		x += usize(count) * row;
		target += row;
	}
}

/** Sum of `count` neighbours. */
function sumRun(x: usize, count: i32): f32 {
	let total = f32x4.splat(0);
	const vectors = count >> 2;
	for (let first = 0; first < vectors; first += block) {
		let sum = f32x4.splat(0);
		for (let i = first; i < min(first + block, vectors); i++) {
			sum = f32x4.add(sum, v128.load(x));
			x += 16;
		}
		total = f32x4.add(total, sum);
	}
	let rest =
		f32x4.extract_lane(total, 0) +
		f32x4.extract_lane(total, 2) +
		(f32x4.extract_lane(total, 1) + f32x4.extract_lane(total, 3));
	for (let i = vectors << 2; i < count; i++) {
		rest += load<f32>(x);
		x += 4;
	}
	return rest;
}

function sumColumns16(x: usize, count: i32, row: usize, scale: f32, target: usize): void {
	let t0 = f32x4.splat(0);
	let t1 = f32x4.splat(0);
	let t2 = f32x4.splat(0);
	let t3 = f32x4.splat(0);
	for (let first = 0; first < count; first += block) {
		let s0 = f32x4.splat(0);
		let s1 = f32x4.splat(0);
		let s2 = f32x4.splat(0);
		let s3 = f32x4.splat(0);
		for (let i = first; i < min(first + block, count); i++) {
			s0 = f32x4.add(s0, v128.load(x));
			s1 = f32x4.add(s1, v128.load(x, 16));
			s2 = f32x4.add(s2, v128.load(x, 32));
			s3 = f32x4.add(s3, v128.load(x, 48));
			x += row;
		}
		t0 = f32x4.add(t0, s0);
		t1 = f32x4.add(t1, s1);
		t2 = f32x4.add(t2, s2);
		t3 = f32x4.add(t3, s3);
	}
	v128.store(target, f32x4.mul(t0, f32x4.splat(scale)));
	v128.store(target, f32x4.mul(t1, f32x4.splat(scale)), 16);
	v128.store(target, f32x4.mul(t2, f32x4.splat(scale)), 32);
	v128.store(target, f32x4.mul(t3, f32x4.splat(scale)), 48);
}

function sumColumns4(x: usize, count: i32, row: usize, scale: f32, target: usize): void {
	let total = f32x4.splat(0);
	for (let first = 0; first < count; first += block) {
		let sum = f32x4.splat(0);
		for (let i = first; i < min(first + block, count); i++) {
			sum = f32x4.add(sum, v128.load(x));
			x += row;
		}
		total = f32x4.add(total, sum);
	}
	v128.store(target, f32x4.mul(total, f32x4.splat(scale)));
}

function sumColumn(x: usize, count: i32, row: usize, scale: f32, target: usize): void {
	let total: f32 = 0;
	for (let first = 0; first < count; first += block) {
		let sum: f32 = 0;
		for (let i = first; i < min(first + block, count); i++) {
			sum += load<f32>(x);
			x += row;
		}
		total += sum;
	}
	store<f32>(target, total * scale);
}

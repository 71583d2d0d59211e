/** Bytes of rows that are summed before they join the totals: they stay in the first cache. */
const blockBytes: i32 = 16384;
const leastRows: i32 = 8;
const mostRows: i32 = 128;

// What is summed is a type argument, so that the compiler makes one loop for each; its classes have no instances.

@unmanaged
class Value {
	vector(a: usize, _b: usize): v128 {
		return v128.load(a);
	}
	scalar(a: usize, _b: usize): f32 {
		return load<f32>(a);
	}
}

@unmanaged
class Product {
	vector(a: usize, b: usize): v128 {
		return f32x4.mul(v128.load(a), v128.load(b));
	}
	scalar(a: usize, b: usize): f32 {
		return load<f32>(a) * load<f32>(b);
	}
}

/**
 * Sums over the rows of `[blocks, rows, channels]`: `[blocks, channels]`. Between 8 and 128 rows are summed on their
 * own before they join the total. `room` is 64 bytes.
 */
export function channelSums(
	x: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	room: usize,
	target: usize,
): void {
	sumTerms<Value>(x, x, blocks, rows, channels, room, target);
}

/** The same of the products of two operands, which may be one. */
export function channelProducts(
	a: usize,
	b: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	room: usize,
	target: usize,
): void {
	sumTerms<Product>(a, b, blocks, rows, channels, room, target);
}

function sumTerms<Term>(
	a: usize,
	b: usize,
	blocks: i32,
	rows: i32,
	channels: i32,
	room: usize,
	target: usize,
): void {
	if (channels == 0) return;
	const row = usize(channels) << 2;
	const group = max(leastRows, min(mostRows, blockBytes / i32(row)));
	for (let block = 0; block < blocks; block++) {
		memory.fill(target, 0, row);
		for (let first = 0; first < rows; first += group) {
			const count = min(group, rows - first);
			if (channels == 1) store<f32>(target, load<f32>(target) + sumRun<Term>(a, b, count));
			else if (channels < 4) addFewChannels<Term>(a, b, count, channels, target);
			else addChannels<Term>(a, b, count, row, room, target);
			a += usize(count) * row;
			b += usize(count) * row;
		}
		target += row;
	}
}

/** Adds the sums of so many rows of at least four channels to the totals, 16 channels at a time. */
function addChannels<Term>(a: usize, b: usize, count: i32, row: usize, room: usize, totals: usize): void {
	let column: usize = 0;
	for (; column + 64 <= row; column += 64) {
		sumRows<Term>(a + column, b + column, count, row, 16, 32, 48, room);
		for (let i: usize = 0; i < 64; i += 16) {
			const to = totals + column + i;
			v128.store(to, f32x4.add(v128.load(to), v128.load(room + i)));
		}
	}
	if (column == row) return;
	// The vectors of what is left overlap, and may reach back into what was added before.
	const start = min(column, row - 16);
	const last = row - start - 16;
	sumRows<Term>(a + start, b + start, count, row, min(16, last), min(32, last), last, room);
	for (; column < row; column += 4) {
		const to = totals + column;
		store<f32>(to, load<f32>(to) + load<f32>(room + column - start));
	}
}

/** Sums over rows of the vector at `a` and of those so many bytes behind it; each goes as far behind `room`. */
function sumRows<Term>(
	a: usize,
	b: usize,
	count: i32,
	row: usize,
	second: usize,
	third: usize,
	fourth: usize,
	room: usize,
): void {
	const term = changetype<Term>(0);
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	let s2 = f32x4.splat(0);
	let s3 = f32x4.splat(0);
	for (let i = 0; i < count; i++) {
		s0 = f32x4.add(s0, term.vector(a, b));
		s1 = f32x4.add(s1, term.vector(a + second, b + second));
		s2 = f32x4.add(s2, term.vector(a + third, b + third));
		s3 = f32x4.add(s3, term.vector(a + fourth, b + fourth));
		a += row;
		b += row;
	}
	v128.store(room, s0);
	v128.store(room + second, s1);
	v128.store(room + third, s2);
	v128.store(room + fourth, s3);
}

/** Adds the sums of so many rows of two or three channels to the totals. */
function addFewChannels<Term>(a: usize, b: usize, count: i32, channels: i32, totals: usize): void {
	const term = changetype<Term>(0);
	let s0: f32 = 0;
	let s1: f32 = 0;
	let s2: f32 = 0;
	for (let i = 0; i < count; i++) {
		s0 += term.scalar(a, b);
		s1 += term.scalar(a + 4, b + 4);
		if (channels == 3) s2 += term.scalar(a + 8, b + 8);
		a += usize(channels) << 2;
		b += usize(channels) << 2;
	}
	store<f32>(totals, load<f32>(totals) + s0);
	store<f32>(totals, load<f32>(totals, 4) + s1, 4);
	if (channels == 3) store<f32>(totals, load<f32>(totals, 8) + s2, 8);
}

/** Sum of `count` neighbours. */
function sumRun<Term>(a: usize, b: usize, count: i32): f32 {
	const term = changetype<Term>(0);
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	const end = a + (usize(count) << 2);
	for (; a + 32 <= end; a += 32) {
		s0 = f32x4.add(s0, term.vector(a, b));
		s1 = f32x4.add(s1, term.vector(a + 16, b + 16));
		b += 32;
	}
	const sums = f32x4.add(s0, s1);
	let total =
		f32x4.extract_lane(sums, 0) +
		f32x4.extract_lane(sums, 2) +
		(f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 3));
	for (; a < end; a += 4) {
		total += term.scalar(a, b);
		b += 4;
	}
	return total;
}

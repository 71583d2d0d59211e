/** Bytes of rows that are summed before they join the totals: they stay in the first cache. */
const blockBytes: i32 = 16384;
const leastRows: i32 = 8;
const mostRows: i32 = 128;

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
	if (channels == 0) return;
	const row = usize(channels) << 2;
	const group = max(leastRows, min(mostRows, blockBytes / i32(row)));
	for (let block = 0; block < blocks; block++) {
		memory.fill(target, 0, row);
		for (let first = 0; first < rows; first += group) {
			const count = min(group, rows - first);
			if (channels == 1) store<f32>(target, load<f32>(target) + sumRun(x, count));
			else if (channels < 4) addFewChannels(x, count, channels, target);
			else addChannels(x, count, row, room, target);
			x += usize(count) * row;
		}
		target += row;
	}
}

/** Adds the sums of so many rows of at least four channels to the totals, 16 channels at a time. */
function addChannels(x: usize, count: i32, row: usize, room: usize, totals: usize): void {
	let column: usize = 0;
	for (; column + 64 <= row; column += 64) {
		sumRows(x + column, count, row, 16, 32, 48, room);
		for (let i: usize = 0; i < 64; i += 16) {
			const to = totals + column + i;
			v128.store(to, f32x4.add(v128.load(to), v128.load(room + i)));
		}
	}
	if (column == row) return;
	// The vectors of what is left overlap, and may reach back into what was added before.
	const start = min(column, row - 16);
	const last = row - start - 16;
	sumRows(x + start, count, row, min(16, last), min(32, last), last, room);
	for (; column < row; column += 4) {
		const to = totals + column;
		store<f32>(to, load<f32>(to) + load<f32>(room + column - start));
	}
}

/** Sums over rows of the vector at `x` and of those so many bytes behind it; each goes as far behind `room`. */
function sumRows(
	x: usize,
	count: i32,
	row: usize,
	second: usize,
	third: usize,
	fourth: usize,
	room: usize,
): void {
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	let s2 = f32x4.splat(0);
	let s3 = f32x4.splat(0);
	for (let i = 0; i < count; i++) {
		s0 = f32x4.add(s0, v128.load(x));
		s1 = f32x4.add(s1, v128.load(x + second));
		s2 = f32x4.add(s2, v128.load(x + third));
		s3 = f32x4.add(s3, v128.load(x + fourth));
		x += row;
	}
	v128.store(room, s0);
	v128.store(room + second, s1);
	v128.store(room + third, s2);
	v128.store(room + fourth, s3);
}

/** Adds the sums of so many rows of two or three channels to the totals. */
function addFewChannels(x: usize, count: i32, channels: i32, totals: usize): void {
	let s0: f32 = 0;
	let s1: f32 = 0;
	let s2: f32 = 0;
	for (let i = 0; i < count; i++) {
		s0 += load<f32>(x);
		s1 += load<f32>(x, 4);
		if (channels == 3) s2 += load<f32>(x, 8);
		x += usize(channels) << 2;
	}
	store<f32>(totals, load<f32>(totals) + s0);
	store<f32>(totals, load<f32>(totals, 4) + s1, 4);
	if (channels == 3) store<f32>(totals, load<f32>(totals, 8) + s2, 8);
}

/** Sum of `count` neighbours. */
function sumRun(x: usize, count: i32): f32 {
	let s0 = f32x4.splat(0);
	let s1 = f32x4.splat(0);
	const end = x + (usize(count) << 2);
	for (; x + 32 <= end; x += 32) {
		s0 = f32x4.add(s0, v128.load(x));
		s1 = f32x4.add(s1, v128.load(x, 16));
	}
	const sums = f32x4.add(s0, s1);
	let total =
		f32x4.extract_lane(sums, 0) +
		f32x4.extract_lane(sums, 2) +
		(f32x4.extract_lane(sums, 1) + f32x4.extract_lane(sums, 3));
	for (; x < end; x += 4) total += load<f32>(x);
	return total;
}

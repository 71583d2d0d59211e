const blocks = "▁▂▃▄▅▆▇█";

/** Values as a row of blocks, at most `width`, from the lowest to the highest value; means where values are many. */
export function sparkline(values: readonly number[], width: number): string {
	const finite = values.filter((value) => Number.isFinite(value));
	const length = Math.min(width, finite.length);
	const columns = Array.from({ length: Math.max(0, length) }, (_, column) => {
		const from = Math.floor((column * finite.length) / length);
		const to = Math.floor(((column + 1) * finite.length) / length);
		const bucket = finite.slice(from, to);
		return bucket.reduce((sum, value) => sum + value, 0) / bucket.length;
	});
	const low = Math.min(...columns);
	const high = Math.max(...columns);
	return columns
		.map((value) => blocks[high > low ? Math.round(((value - low) / (high - low)) * 7) : 0])
		.join("");
}

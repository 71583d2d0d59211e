/** At most `limit` of the numbers 0 .. total - 1, ascending and evenly spaced, the first and the last among them. */
export function evenlySpaced(total: number, limit: number): number[] {
	const count = Math.min(total, limit);
	if (count <= 1) return count === 1 ? [0] : [];
	return Array.from({ length: count }, (_, place) => Math.round((place * (total - 1)) / (count - 1)));
}

/**
 * The n-th largest of some values, n from 1, equal ones counted as often as they occur; expected time is linear.
 * Quickselect on a copy; `values` must hold no NaN.
 */
export function nthLargest(values: Float32Array, n: number): number {
	const rest = values.slice();
	const target = rest.length - n;
	let [low, high] = [0, rest.length - 1];
	while (low < high) {
		const pivot = medianOfThree(rest[low] as number, rest[(low + high) >> 1] as number, rest[high] as number);
		let [i, j] = [low, high];
		while (i <= j) {
			while ((rest[i] as number) < pivot) i += 1;
			while ((rest[j] as number) > pivot) j -= 1;
			if (i > j) break;
			const swapped = rest[i] as number;
			rest[i] = rest[j] as number;
			rest[j] = swapped;
			i += 1;
			j -= 1;
		}
		if (target <= j) high = j;
		else if (target >= i) low = i;
		else break; // between both halves everything equals the pivot
	}
	return rest[target] as number;
}

function medianOfThree(a: number, b: number, c: number): number {
	return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

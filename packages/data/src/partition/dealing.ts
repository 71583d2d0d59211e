import { type RandomStream, shuffle } from "@fl-sim/core";

/** How many examples of each pool go to each client, `[numPools][numClients]`. */
export type Shares = readonly (readonly number[])[];

/** Positions of the examples with each key 0 .. numKeys - 1 (class, domain), ascending, `[numKeys]` lists. */
export function positionsByKey(keys: Int32Array, numKeys: number): Uint32Array[] {
	const sizes = new Uint32Array(numKeys);
	for (const key of keys) sizes[key] = (sizes[key] as number) + 1;
	const lists = Array.from(sizes, (size) => new Uint32Array(size));
	const filled = new Uint32Array(numKeys);
	for (let position = 0; position < keys.length; position++) {
		const key = keys[position] as number;
		const at = filled[key] as number;
		(lists[key] as Uint32Array)[at] = position;
		filled[key] = at + 1;
	}
	return lists;
}

/** The same lists, each shuffled in place by its own stream. */
export function shuffleEach(lists: readonly Uint32Array[], random: RandomStream): readonly Uint32Array[] {
	lists.forEach((list, number) => shuffle(random.derive("order", number), list));
	return lists;
}

/** Gives each client its share of each pool, from the front of the pool on. What is left over goes to nobody. */
export function deal(pools: readonly Uint32Array[], shares: Shares, numClients: number): Uint32Array[] {
	const sizes = totalsByClient(shares, numClients);
	const lists = sizes.map((size) => new Uint32Array(size));
	const filled = new Uint32Array(numClients);
	shares.forEach((share, number) => {
		const pool = pools[number] as Uint32Array;
		let from = 0;
		share.forEach((count, client) => {
			const at = filled[client] as number;
			(lists[client] as Uint32Array).set(pool.subarray(from, from + count), at);
			filled[client] = at + count;
			from += count;
		});
	});
	return lists;
}

/** Number of examples of each client over all pools, `[numClients]`. */
export function totalsByClient(shares: Shares, numClients: number): number[] {
	const totals = Array.from({ length: numClients }, () => 0);
	for (const share of shares) {
		share.forEach((count, client) => {
			totals[client] = (totals[client] as number) + count;
		});
	}
	return totals;
}

/** `total` in `parts` whole numbers that differ by at most 1, the larger ones first. */
export function evenShares(total: number, parts: number): number[] {
	const smaller = Math.floor(total / parts);
	const larger = total % parts;
	return Array.from({ length: parts }, (_, part) => smaller + (part < larger ? 1 : 0));
}

/**
 * `total` in whole numbers proportional to `weights`, by rounding the cumulative sums; weight 0 gets 0. Rounding
 * them down instead would give the last client one example of almost every class.
 */
export function proportionalShares(total: number, weights: ArrayLike<number>): number[] {
	const shares = Array.from({ length: weights.length }, () => 0);
	let sum = 0;
	let last = 0;
	for (let i = 0; i < weights.length; i++) {
		sum += weights[i] as number;
		if ((weights[i] as number) > 0) last = i;
	}
	let cumulative = 0;
	let dealt = 0;
	for (let i = 0; i <= last; i++) {
		cumulative += weights[i] as number;
		// The last positive weight takes the rest, whatever the sum lost to rounding.
		const cut = i === last ? total : Math.min(total, Math.round((cumulative / sum) * total));
		shares[i] = cut - dealt;
		dealt = cut;
	}
	return shares;
}

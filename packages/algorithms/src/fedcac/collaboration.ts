import { type BitMask, countBits, countDifferences } from "../bit-mask/bit-mask.ts";

/** A value for each pair of clients, `[i][j]`. */
export type PairMatrix = readonly (readonly number[])[];

/**
 * How much of client i's critical parameters are critical for client j too: 1 - |m_i xor m_j| / (2 |m_i|) (equation 4).
 * Of a client without critical parameters, 0; of a client with itself, 1.
 */
export function overlaps(masks: readonly BitMask[]): PairMatrix {
	const counts = masks.map(countBits);
	const differences = masks.map((one, i) => masks.slice(0, i).map((other) => countDifferences(one, other)));
	return masks.map((_, i) =>
		masks.map((_other, j) => {
			if (i === j) return 1;
			const count = counts[i] as number;
			const difference = (i > j ? differences[i]?.[j] : differences[j]?.[i]) as number;
			return count === 0 ? 0 : 1 - difference / (2 * count);
		}),
	);
}

/** Mean and maximum over pairs of different clients; both 0 when there is no pair. */
export function spreadOf(matrix: PairMatrix): { readonly mean: number; readonly max: number } {
	let sum = 0;
	let max = 0;
	for (const [i, row] of matrix.entries()) {
		for (const [j, value] of row.entries()) {
			if (i === j) continue;
			sum += value;
			max = Math.max(max, value);
		}
	}
	const pairs = matrix.length * (matrix.length - 1);
	return { mean: pairs === 0 ? 0 : sum / pairs, max };
}

/** The gate of a round: from the mean overlap it rises to the largest, which it reaches at round `beta` (equation 5). */
export function gateThreshold(matrix: PairMatrix, round: number, beta: number): number {
	const { mean, max } = spreadOf(matrix);
	return mean + (round / beta) * (max - mean);
}

/** Equal overlaps may differ in their last bits. */
const slack = 1e-9;

/** For each client, the places of those it shares critical parameters with: itself, and who passes the gate. */
export function collaborators(matrix: PairMatrix, threshold: number): readonly (readonly number[])[] {
	return matrix.map((row, i) =>
		row.flatMap((overlap, j) => (i === j || overlap >= threshold - slack ? [j] : [])),
	);
}

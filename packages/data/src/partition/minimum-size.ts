import { type Shares, totalsByClient } from "./dealing.ts";
import { partitionImpossible } from "./impossible.ts";

export interface MinimumSize {
	/** Fewest examples that a client may have. */
	readonly minSize: number;
	readonly numClients: number;
	readonly numExamples: number;
	/** What makes small clients rarer, for the error's fix. */
	readonly remedy: string;
}

/** Redraws stop when this many numbers were drawn, so that hopeless requests end within about two seconds. */
const drawBudget = 3_000_000;
const mostDraws = 1_000;

/**
 * The first draw of `shares` in which every client has `minSize` examples. Throws FL_PARTITION_IMPOSSIBLE at once
 * when there are too few examples, and with the best minimum reached when the draws are used up.
 */
export function drawUntilMinimumSize(wanted: MinimumSize, draw: (attempt: number) => Shares): Shares {
	const { minSize, numClients, numExamples, remedy } = wanted;
	if (minSize * numClients > numExamples) {
		throw partitionImpossible(
			`${numClients} clients with at least ${minSize} examples each need ${minSize * numClients} examples, ` +
				`there are ${numExamples}`,
			{ fix: "Lower partition.minSize or clients.number.", details: { minSize, numClients, numExamples } },
		);
	}
	let best = 0;
	let draws = 0;
	let numbersDrawn = 0;
	while (draws < mostDraws && numbersDrawn < drawBudget) {
		const shares = draw(draws);
		const smallest = totalsByClient(shares, numClients).reduce((a, b) => Math.min(a, b));
		if (smallest >= minSize) return shares;
		best = Math.max(best, smallest);
		draws += 1;
		numbersDrawn += shares.length * numClients;
	}
	throw partitionImpossible(
		`none of ${draws} draws for ${numClients} clients and ${numExamples} examples gave every client ${minSize} ` +
			`examples; the best gave at least ${best}`,
		{
			fix: `Lower partition.minSize to ${best} or less or clients.number, or ${remedy}.`,
			details: { minSize, numClients, numExamples, draws, best },
		},
	);
}

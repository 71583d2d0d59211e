import { categorical, dirichlet, type RandomStream, shuffle } from "@fl-sim/core";
import type { OwnerRun } from "./owner-rows.ts";

/**
 * The labels of a run in an endless row in which every block of `numClasses` labels holds each class once, in random
 * order. Owners with runs side by side are together balanced to within one example a class.
 */
export function balancedLabels(random: RandomStream, run: OwnerRun, numClasses: number): Int32Array {
	const labels = new Int32Array(run.count);
	const block = new Int32Array(numClasses);
	let blockInHand = -1;
	for (let row = 0; row < run.count; row++) {
		const place = (run.first + row) % numClasses;
		const blockNumber = (run.first + row - place) / numClasses;
		if (blockNumber !== blockInHand) {
			for (let label = 0; label < numClasses; label++) block[label] = label;
			shuffle(random.derive(blockNumber), block);
			blockInHand = blockNumber;
		}
		labels[row] = block[place] as number;
	}
	return labels;
}

/** The labels of a run from class frequencies of the owner's own, drawn from a symmetric Dirichlet distribution. */
export function skewedLabels(
	random: RandomStream,
	run: OwnerRun,
	{ numClasses, concentration }: { readonly numClasses: number; readonly concentration: number },
): Int32Array {
	const own = random.derive("owner", run.owner);
	const frequencies = dirichlet(
		own,
		Array.from({ length: numClasses }, () => concentration),
	);
	return Int32Array.from({ length: run.count }, () => categorical(own, frequencies));
}

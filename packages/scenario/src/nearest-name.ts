import { distance } from "fastest-levenshtein";

/** The candidate that `name` was probably meant to be: a slip of the keyboard, another style, or a part of it. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
	const wanted = bare(name);
	const scored = candidates
		.map((candidate) => ({ candidate, score: scoreOf(wanted, candidate) }))
		.sort((a, b) => a.score - b.score);
	const best = scored[0];
	return best !== undefined && Number.isFinite(best.score) ? best.candidate : undefined;
}

/** The `count` candidates most like `name`, best first, however unlike they are. */
export function nearestNames(name: string, candidates: readonly string[], count: number): string[] {
	const wanted = bare(name);
	return candidates
		.map((candidate) => ({ candidate, score: distance(wanted, bare(candidate)) }))
		.sort((a, b) => a.score - b.score)
		.slice(0, count)
		.map(({ candidate }) => candidate);
}

function scoreOf(wanted: string, candidate: string): number {
	const plain = bare(candidate);
	const slips = distance(wanted, plain);
	const allowed = Math.max(2, Math.floor(plain.length / 3));
	if (slips <= allowed && slips < Math.min(wanted.length, plain.length)) return slips;
	// `epochs` for `localEpochs`, `lr` for `learningRate`.
	const isPart = wanted.length >= 4 && plain.includes(wanted);
	return isPart || (wanted.length >= 2 && wanted === initialsOf(candidate))
		? allowed + 1
		: Number.POSITIVE_INFINITY;
}

/** Without case and separators: `learning_rate` is `learningRate`. */
function bare(name: string): string {
	return name.toLowerCase().replaceAll(/[-_\s]/g, "");
}

function initialsOf(name: string): string {
	return [...name.matchAll(/(?:^|[-_\s])(\p{L})|(\p{Lu})/gu)]
		.map(([, first, later]) => first ?? later)
		.join("")
		.toLowerCase();
}

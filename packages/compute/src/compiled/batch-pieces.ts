import { uniformValue } from "./operations/uniform.ts";
import type { TracedNode, TracedTensor } from "./traced-graph.ts";

/** What a step works on should stay in the processor's cache from one routine to the next. */
const cacheBytes = 32 * 2 ** 20;

/** With fewer rows to a product, laying out the weights for it takes too large a share of the time. */
const fewestRows = 512;

/** What is known of the computation of a whole batch. */
export interface BatchCost {
	readonly workBytes: number;
	/** For how many rows an example uses each weight, on average. */
	readonly rowsPerExample: number;
}

/**
 * The numbers of examples that are computed one after the other, their gradients added up: the whole batch unless it
 * works on more than the cache holds and its pieces have enough rows.
 */
export function pieceSizes(batchSize: number, { workBytes, rowsPerExample }: BatchCost): readonly number[] {
	const fewestExamples = Math.ceil(fewestRows / rowsPerExample);
	const number = Math.min(Math.ceil(workBytes / cacheBytes), Math.floor(batchSize / fewestExamples));
	if (number <= 1) return [batchSize];
	return Array.from(
		{ length: number },
		(_, index) => Math.floor(((index + 1) * batchSize) / number) - Math.floor((index * batchSize) / number),
	);
}

/** A forward pass, traced for a number of examples. */
export interface TracedPass {
	readonly nodes: readonly TracedNode[];
	readonly numExamples: number;
}

/**
 * Whether an example's results depend on nothing but the example, as seen from traces of two different numbers of
 * examples: what is computed from something that grows in proportion to them grows in proportion too. A mean over the
 * examples, as batch normalisation takes it, does not.
 */
export function separatesExamples(some: TracedPass, others: TracedPass): boolean {
	const grows = (a: TracedTensor, b: TracedTensor) =>
		a.value.size * others.numExamples === b.value.size * some.numExamples && isUniformConstant(a, b);
	const stays = (a: TracedTensor, b: TracedTensor) => a.value.size === b.value.size && isSameConstant(a, b);
	return (
		some.nodes.length === others.nodes.length &&
		some.nodes.every((node, index) => {
			const other = others.nodes[index] as TracedNode;
			const pairs = Object.entries(node.inputs).map(
				([name, input]) => [input, other.inputs[name] ?? input] as const,
			);
			const areKnown = pairs.every((pair) => grows(...pair) || stays(...pair));
			const result = [node.output, other.output] as const;
			const isProportional = pairs.some((pair) => grows(...pair)) ? grows(...result) : stays(...result);
			return node.kernel === other.kernel && areKnown && isProportional;
		})
	);
}

/** Values that grow with the examples must not tell these apart. */
function isUniformConstant(...tensors: readonly TracedTensor[]): boolean {
	return tensors.every(
		(tensor) => tensor.value.origin.kind !== "constant" || uniformValue(tensor) !== undefined,
	);
}

/** Values that do not grow must not depend on the number of examples. */
function isSameConstant({ value: a }: TracedTensor, { value: b }: TracedTensor): boolean {
	if (a.origin.kind !== "constant" || b.origin.kind !== "constant") return a.origin.kind === b.origin.kind;
	const { values } = b.origin;
	return a.origin.values.every((value, index) => value === values[index]);
}

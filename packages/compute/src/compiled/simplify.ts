import {
	inputOf,
	type TracedNode,
	type TracedStep,
	type TracedTensor,
	type TracedValue,
} from "./traced-graph.ts";

/** A node of our own in place of the two with which TensorFlow.js writes the gradient of ReLU. */
export const reluGradientKernel = "FlSimReluGradient";

/**
 * The same step with fewer passes over memory: ReLU's gradient looks at ReLU's result, so that its input need not be
 * kept, and is one node; nodes whose result nobody reads are gone.
 */
export function simplify(step: TracedStep): TracedStep {
	const nodes = withoutUnread(joinReluGradients(step.nodes), [
		step.logits,
		...step.gradients.values(),
		...step.bufferUpdates.values(),
	]);
	const forward = new Set(step.nodes.slice(0, step.forwardNodes).map(({ output }) => output.value));
	const forwardNodes = nodes.filter(({ output }) => forward.has(output.value)).length;
	return { ...step, nodes, forwardNodes };
}

function joinReluGradients(nodes: readonly TracedNode[]): TracedNode[] {
	const reluOf = new Map<TracedValue, TracedTensor>();
	const stepOf = new Map<TracedValue, TracedTensor>();
	return nodes.map((node) => {
		if (node.kernel === "Relu") reluOf.set(inputOf(node, "x").value, node.output);
		if (node.kernel === "Step" && node.attributes["alpha"] === 0)
			stepOf.set(node.output.value, inputOf(node, "x"));
		if (node.kernel !== "Multiply") return node;
		const { a, b } = { a: inputOf(node, "a"), b: inputOf(node, "b") };
		const [x, dy] = stepOf.has(b.value) ? [stepOf.get(b.value), a] : [stepOf.get(a.value), b];
		const y = x === undefined ? undefined : reluOf.get(x.value);
		const isElementwise = [y, dy].every((tensor) => tensor?.value.size === node.output.value.size);
		if (y === undefined || !isElementwise) return node;
		return { ...node, kernel: reluGradientKernel, inputs: { y, dy }, attributes: {} };
	});
}

/** Only those nodes that something in `results` needs. */
export function withoutUnread(nodes: readonly TracedNode[], results: readonly TracedTensor[]): TracedNode[] {
	const needed = new Set(results.map(({ value }) => value));
	const kept: TracedNode[] = [];
	for (const node of nodes.toReversed()) {
		if (!needed.has(node.output.value)) continue;
		kept.push(node);
		for (const { value } of Object.values(node.inputs)) needed.add(value);
	}
	return kept.reverse();
}

import { expect, test } from "vitest";
import { type Examples, gatherBatch, positionsOf, shuffledPositions } from "./examples.ts";
import { randomStream } from "./random.ts";

const bytes: Examples = {
	numExamples: 3,
	featureShape: [2],
	features: { kind: "bytes", values: Uint8Array.of(0, 255, 51, 102, 10, 20), scale: 1 / 255, shift: -0.5 },
	labels: Int32Array.of(2, 0, 1),
	numClasses: 3,
};

test("bytes are scaled and shifted; rows come in the order of positions", () => {
	const view = { examples: bytes, indices: Uint32Array.of(1, 0) };
	const batch = gatherBatch(view, Uint32Array.of(1, 0), 0, 2);
	expect(batch.labels).toEqual(Int32Array.of(2, 0));
	expect([...batch.features].map((x) => Math.round(x * 10) / 10)).toEqual([-0.5, 0.5, -0.3, -0.1]);
});

test("a batch takes positions from .. to - 1", () => {
	const view = { examples: bytes, indices: positionsOf(3) };
	expect(gatherBatch(view, positionsOf(3), 1, 3).labels).toEqual(Int32Array.of(0, 1));
});

test("floats are taken as they are", () => {
	const examples: Examples = {
		...bytes,
		features: { kind: "floats", values: Float32Array.of(1, 2, 3, 4, 5, 6) },
	};
	const view = { examples, indices: Uint32Array.of(2) };
	expect(gatherBatch(view, positionsOf(1), 0, 1).features).toEqual(Float32Array.of(5, 6));
});

test("tokens become one-hot rows", () => {
	const examples: Examples = {
		...bytes,
		featureShape: [2, 3],
		features: { kind: "tokens", values: Uint8Array.of(0, 2, 1, 1, 2, 0), vocabularySize: 3 },
	};
	const view = { examples, indices: Uint32Array.of(0) };
	expect([...gatherBatch(view, positionsOf(1), 0, 1).features]).toEqual([1, 0, 0, 0, 0, 1]);
});

test("a client's transform sees the example's index and changes its own copy only", () => {
	const examples: Examples = {
		...bytes,
		features: { kind: "floats", values: Float32Array.of(1, 2, 3, 4, 5, 6) },
	};
	const view = {
		examples,
		indices: Uint32Array.of(1),
		transform(features: Float32Array, index: number) {
			features[0] = 100 + index;
		},
	};
	expect(gatherBatch(view, positionsOf(1), 0, 1).features).toEqual(Float32Array.of(101, 4));
	expect(gatherBatch({ examples, indices: view.indices }, positionsOf(1), 0, 1).features[0]).toBe(3);
});

test("shuffled positions are a permutation drawn from the stream", () => {
	const once = shuffledPositions(50, randomStream(1));
	expect(shuffledPositions(50, randomStream(1))).toEqual(once);
	expect(Array.from(once).sort((a, b) => a - b)).toEqual(Array.from(positionsOf(50)));
});

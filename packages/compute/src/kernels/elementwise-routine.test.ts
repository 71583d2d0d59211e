import { expect, test } from "vitest";
import { expectRoutine } from "./bound-routine.fixture.ts";
import { elementwiseRoutine } from "./elementwise-routine.ts";
import { tf } from "./kernel-agreement.fixture.ts";

test("bound elementwise operations broadcast, up to four loops", () => {
	const shape = [2, 3, 4, 5];
	for (const [a, b] of [
		[shape, shape],
		[shape, []],
		[[1, 3, 1, 5], shape],
		[shape, [4, 1]],
		[
			[2, 1, 4, 1],
			[3, 1, 5],
		],
	] as [number[], number[]][]) {
		expectRoutine(elementwiseRoutine("add", { shape, a, b }), [a, b], (x, y) => tf.add(x, y));
		expectRoutine(elementwiseRoutine("subtract", { shape, a, b }), [a, b], (x, y) => tf.sub(x, y));
		expectRoutine(elementwiseRoutine("multiply", { shape, a, b }), [a, b], (x, y) => tf.mul(x, y));
	}
	const empty = { shape: [0, 2], a: [0, 2], b: [2] };
	expectRoutine(elementwiseRoutine("divide", empty), [[0, 2], [2]], (x, y) => tf.div(x, y));
	const alternating = { shape: [2, 2, 2, 2, 2], a: [2, 1, 2, 1, 2], b: [1, 2, 1, 2, 1] };
	expect(elementwiseRoutine("add", alternating)).toBeUndefined();
});

import { test } from "vitest";
import { expectRoutine } from "./bound-routine.fixture.ts";
import { tf } from "./kernel-agreement.fixture.ts";
import { reduction } from "./reduction-routine.ts";

test("bound reductions are right, whatever lies between the dimensions summed over, even nothing", () => {
	const cases: readonly (readonly [shape: number[], axes: number[]])[] = [
		[[4, 8], [0]],
		[[4, 8], [1]],
		[
			[4, 8],
			[0, 1],
		],
		[
			[2, 3, 4, 5],
			[0, 2],
		],
		[
			[2, 3, 4, 5, 2],
			[0, 2, 4],
		],
		[
			[2, 2, 2, 3, 2, 2, 4],
			[0, 2, 4, 6],
		],
		[[3, 1, 2], [1]],
		[[3, 2], []],
		[[], []],
		[[0, 3], [0]],
		[[0, 3], [1]],
	];
	for (const [shape, axes] of cases) {
		expectRoutine(reduction({ shape, axes, mean: false }), [shape], (x) => tf.sum(x, axes));
	}
	expectRoutine(reduction({ shape: [4, 3, 8], axes: [0, 2], mean: true }), [[4, 3, 8]], (x) =>
		tf.mean(x, [0, 2]),
	);
	expectRoutine(reduction({ shape: [0, 3], axes: [0], mean: true }), [[0, 3]], () =>
		tf.mul(tf.ones([3]), Number.NaN),
	);
});

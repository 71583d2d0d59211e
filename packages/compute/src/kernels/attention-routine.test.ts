import fc from "fast-check";
import { expect, test } from "vitest";
import { causalSoftmaxRoutine, softmaxGradientRoutine, swapMiddleRoutine } from "./attention-routine.ts";
import { misalignments, normalsOf, runRoutine } from "./routine-runs.fixture.ts";

const extent = fc.integer({ min: 1, max: 23 });

/** Softmax in float64 of a row's first values. */
function softmax(values: readonly number[]): number[] {
	const highest = Math.max(...values);
	const exponentials = values.map((value) => Math.exp(value - highest));
	const total = exponentials.reduce((sum, value) => sum + value, 0);
	return exponentials.map((value) => value / total);
}

test("a position's weights over itself and those before it are a softmax; later ones have none", () => {
	const shapes = fc.record({
		batch: fc.integer({ min: 1, max: 3 }),
		positions: extent,
		notAsking: fc.nat({ max: 22 }),
		misalignment: misalignments,
		spread: fc.constantFrom(1, 30),
	});
	fc.assert(
		fc.property(shapes, ({ batch, positions, notAsking, misalignment, spread }) => {
			const asking = Math.max(1, positions - notAsking);
			const x = normalsOf(batch * asking * positions, positions).map((value) => value * spread);
			const routine = causalSoftmaxRoutine(batch, asking, positions);
			const y = runRoutine(routine, [x], { size: x.length, misalignment });
			for (let row = 0; row < batch * asking; row++) {
				const at = row * positions;
				const seen = positions - asking + (row % asking) + 1;
				const expected = softmax([...x.subarray(at, at + seen)]);
				for (const [index, value] of expected.entries()) expect(y[at + index]).toBeCloseTo(value, 6);
				expect([...y.subarray(at + seen, at + positions)]).toEqual(Array(positions - seen).fill(0));
			}
		}),
	);
});

test("weights stay finite for scores that exp cannot take", () => {
	const y = runRoutine(causalSoftmaxRoutine(1, 2, 2), [Float32Array.of(3e38, 0, -3e38, 3e38)], { size: 4 });
	expect([...y]).toEqual([1, 0, expect.closeTo(0, 20), 1]);
});

test("a score that is not a number shows in the whole row, wherever it stands, and in no other row", () => {
	for (let place = 0; place < 7; place++) {
		const x = normalsOf(2 * 7, 1);
		x[place] = Number.NaN;
		const y = runRoutine(causalSoftmaxRoutine(2, 1, 7), [x], { size: x.length });
		expect([...y.subarray(0, 7)]).toEqual(Array(7).fill(Number.NaN));
		expect(y.subarray(7).every(Number.isFinite)).toBe(true);
	}
});

test("the gradient of a softmax is y (dy - sum of y dy)", () => {
	fc.assert(
		fc.property(extent, extent, misalignments, (rows, columns, misalignment) => {
			const y = normalsOf(rows * columns, 1).map(Math.abs);
			const dy = normalsOf(rows * columns, 2);
			const dx = runRoutine(softmaxGradientRoutine(rows, columns), [y, dy], { size: y.length, misalignment });
			for (let row = 0; row < rows; row++) {
				const places = Array.from({ length: columns }, (_, column) => row * columns + column);
				const sum = places.reduce((total, i) => total + (y[i] as number) * (dy[i] as number), 0);
				for (const i of places) expect(dx[i]).toBeCloseTo((y[i] as number) * ((dy[i] as number) - sum), 3);
			}
		}),
	);
});

test("the middle dimensions change places, and back again", () => {
	fc.assert(
		fc.property(
			fc.tuple(extent, extent, extent, extent),
			misalignments,
			([outer, a, b, inner], misalignment) => {
				const shape = [Math.min(outer, 3), a, b, inner] as const;
				const size = shape.reduce((product, one) => product * one, 1);
				const x = Float32Array.from({ length: size }, (_, index) => index);
				const y = runRoutine(swapMiddleRoutine(shape), [x], { size, misalignment });
				const [i, j, k, l] = [shape[0] - 1, a - 1, Math.floor(b / 2), Math.floor(inner / 2)];
				expect(y[((i * b + k) * a + j) * inner + l]).toBe(((i * a + j) * b + k) * inner + l);
				expect(runRoutine(swapMiddleRoutine([shape[0], b, a, inner]), [y], { size, misalignment })).toEqual(
					x,
				);
			},
		),
	);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { planMemory } from "./memory-plan.ts";
import type { TracedValue } from "./traced-graph.ts";

const alignment = 64;
const numInstructions = 12;

interface Placed {
	readonly offset: number;
	readonly bytes: number;
	readonly from: number;
	readonly to: number;
}

const instruction = fc.integer({ min: 0, max: numInstructions - 1 });
const lifetime = fc
	.tuple(fc.integer({ min: 1, max: 500 }), instruction, instruction)
	.map(([size, one, other]) => ({
		value: { size, origin: { kind: "node" } } as TracedValue,
		from: Math.min(one, other),
		to: Math.max(one, other),
	}));
const scratchSizes = fc.array(fc.array(fc.integer({ min: 0, max: 2000 }), { maxLength: 3 }), {
	minLength: numInstructions,
	maxLength: numInstructions,
});

test("blocks that live at the same time never overlap, are aligned, and take no more than all of them together", () => {
	fc.assert(
		fc.property(fc.array(lifetime, { maxLength: 30 }), scratchSizes, (lifetimes, sizes) => {
			const plan = planMemory(lifetimes, sizes);
			const placed: Placed[] = [
				...lifetimes.map(({ value, from, to }) => ({
					offset: plan.offsets.get(value) ?? Number.NaN,
					bytes: value.size * 4,
					from,
					to,
				})),
				...sizes.flatMap((pieces, at) =>
					pieces.map((bytes, index) => ({
						offset: plan.scratch[at]?.[index] ?? Number.NaN,
						bytes,
						from: at,
						to: at,
					})),
				),
			];
			for (const [index, a] of placed.entries()) {
				expect(a.offset % alignment).toBe(0);
				expect(a.offset + a.bytes).toBeLessThanOrEqual(plan.bytes);
				for (const b of placed.slice(index + 1)) {
					const isTogether = a.from <= b.to && b.from <= a.to;
					const isOver = a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
					expect(isTogether && isOver && a.bytes > 0 && b.bytes > 0).toBe(false);
				}
			}
			const sum = placed.reduce((total, { bytes }) => total + Math.ceil(bytes / alignment) * alignment, 0);
			expect(plan.bytes).toBeLessThanOrEqual(sum);
		}),
	);
});

test("values that follow one another share one place", () => {
	const lifetimes = [0, 2, 4].map((from) => ({
		value: { size: 16, origin: { kind: "node" } } as TracedValue,
		from,
		to: from + 1,
	}));
	const noScratch = Array.from({ length: 6 }, () => []);
	expect(planMemory(lifetimes, noScratch).bytes).toBe(64);
	expect(
		planMemory(
			lifetimes.map((value) => ({ ...value, to: 5 })),
			noScratch,
		).bytes,
	).toBe(192);
});

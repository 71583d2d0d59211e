import fc from "fast-check";
import { expect, test } from "vitest";
import { createAddressSpace } from "./address-space.ts";

test("pieces that are out at the same time lie apart, within the bounds", () => {
	fc.assert(
		fc.property(fc.array(fc.record({ size: fc.integer({ min: 1, max: 40 }), free: fc.nat() })), (actions) => {
			const [start, end] = [64, 464];
			const space = createAddressSpace(start, end);
			const taken: { address: number; size: number }[] = [];
			for (const { size, free } of actions) {
				if (free % 2 === 1 && taken.length > 0) {
					const [piece] = taken.splice(free % taken.length, 1) as [{ address: number; size: number }];
					space.free(piece.address, piece.size);
					continue;
				}
				const address = space.allocate(size);
				if (address !== undefined) taken.push({ address, size });
			}
			let last = start;
			for (const { address, size } of taken.toSorted((a, b) => a.address - b.address)) {
				expect(address).toBeGreaterThanOrEqual(last);
				last = address + size;
			}
			expect(last).toBeLessThanOrEqual(space.highest);
			expect(space.highest).toBeLessThanOrEqual(end);
			for (const { address, size } of taken) space.free(address, size);
			expect(space.allocate(end - start), "all of it is one piece again").toBe(start);
		}),
	);
});

test("what does not fit is not given out", () => {
	const space = createAddressSpace(0, 100);
	expect(space.allocate(101)).toBeUndefined();
	expect(space.allocate(100)).toBe(0);
	expect(space.allocate(1)).toBeUndefined();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { clientNumbersOf } from "./client-numbers.ts";

test("numbers and ranges name each client once, in the order given", () => {
	fc.assert(
		fc.property(fc.array(fc.tuple(fc.nat(1e6), fc.nat(50))), (ranges) => {
			const client = ranges.map(([first, more]) => (more === 0 ? `${first}` : `${first}-${first + more}`));
			const expected = new Set<number>();
			for (const [first, more] of ranges) for (let i = 0; i <= more; i += 1) expected.add(first + i);
			expect(clientNumbersOf({ client })).toEqual([...expected]);
		}),
	);
});

test("no other text names clients", () => {
	const isRange = /^\d+(?:-\d+)?$/;
	fc.assert(
		fc.property(
			fc.string({ minLength: 1 }).filter((text) => !isRange.test(text)),
			(text) => {
				expect(() => clientNumbersOf({ client: [text] })).toThrowError(
					expect.objectContaining({ code: "FL_USAGE" }),
				);
			},
		),
	);
	for (const text of ["5-4", "0-100000", "9999999999999999"]) {
		expect(() => clientNumbersOf({ client: [text] }), text).toThrowError(/--client: found/);
	}
});

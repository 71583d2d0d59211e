import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { balancedLabels, skewedLabels } from "./owner-labels.ts";
import { evenRun, evenRuns } from "./owner-rows.ts";

test("ten examples go to four owners as 3, 3, 2, 2, and on to the next four the same way", () => {
	const runs = [0, 1, 2, 3, 4, 5].map((owner) => evenRun(10, 4, owner));
	expect(runs.map((run) => run.count)).toEqual([3, 3, 2, 2, 3, 3]);
	expect(runs.map((run) => run.first)).toEqual([0, 3, 6, 8, 10, 13]);
});

test("owners without an example have no run in the pooled set", () => {
	expect(evenRuns(3, 5).map((run) => run.count)).toEqual([1, 1, 1]);
	expect(evenRuns(0, 5)).toEqual([]);
});

test("runs lie side by side without gap or overlap", () => {
	fc.assert(
		fc.property(fc.nat(500), fc.integer({ min: 1, max: 40 }), fc.nat(200), (total, numOwners, owner) => {
			const run = evenRun(total, numOwners, owner);
			expect(evenRun(total, numOwners, owner + 1).first).toBe(run.first + run.count);
		}),
	);
});

test("labels of neighbouring owners are together balanced", () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 300 }),
			fc.integer({ min: 1, max: 40 }),
			fc.integer({ min: 1, max: 62 }),
			(total, numOwners, numClasses) => {
				const random = randomStream(3, "labels");
				const counts = new Int32Array(numClasses);
				for (const run of evenRuns(total, numOwners)) {
					for (const label of balancedLabels(random, run, numClasses)) {
						counts[label] = (counts[label] as number) + 1;
					}
				}
				expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
			},
		),
	);
});

test("small owners do not all begin with the same classes", () => {
	const random = randomStream(3, "labels");
	const sets = evenRuns(500, 100).map((run) => balancedLabels(random, run, 10).sort().join());
	expect(new Set(sets).size).toBeGreaterThan(50);
});

test("a small concentration gives owners few classes, a large one all of them", () => {
	const run = { owner: 4, first: 0, count: 400 };
	const numClassesAt = (concentration: number): number =>
		new Set(skewedLabels(randomStream(3), run, { numClasses: 10, concentration })).size;
	expect(numClassesAt(0.02)).toBeLessThan(5);
	expect(numClassesAt(100)).toBe(10);
});

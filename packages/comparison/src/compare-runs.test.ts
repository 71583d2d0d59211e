import { expect, test } from "vitest";
import { compareRuns } from "./compare-runs.ts";
import { madeUpRun } from "./compared-run.fixture.ts";
import { comparisonText } from "./comparison-tables.ts";
import { demandEqualData } from "./run-groups.ts";

const scenario = (epochs: number, more = {}) => ({
	name: `epochs-${epochs}`,
	dataset: { name: "glyphs" },
	algorithm: { name: "fedavg" },
	clients: { number: 10, localEpochs: epochs },
	...more,
});
const cheap = [1, 2, 3].map((seed) =>
	madeUpRun(seed, scenario(1), { accuracies: [0.25, 0.5, 0.5 + seed / 10], bytes: 100 }),
);
const dear = [1, 2, 3].map((seed) =>
	madeUpRun(seed, scenario(5), { accuracies: [0.5, 0.5 + seed / 5], bytes: 200 }),
);

test("runs that differ only in the seed are one group, named by what distinguishes it", () => {
	const { groups } = compareRuns([...dear, ...cheap]);
	expect(groups.map(({ label, seeds }) => [label, seeds])).toEqual([
		["fedavg localEpochs=5", [1, 2, 3]],
		["fedavg localEpochs=1", [1, 2, 3]],
	]);
});

test("groups are compared after equal rounds, equal bytes and equal time", () => {
	const { budgets, groups } = compareRuns([...cheap, ...dear]);
	expect(budgets).toEqual({ round: 2, bytes: 300, seconds: 2 });
	const [first, second] = groups;
	expect(first?.equal.round).toEqual({ accuracy: { count: 3, mean: 0.5, deviation: 0 }, test: null });
	expect(first?.equal.bytes.accuracy?.mean).toBeCloseTo(0.7, 12);
	// After 300 bytes, the second group has been evaluated at 200 alone.
	expect(second?.equal.bytes.accuracy).toEqual({ count: 3, mean: 0.5, deviation: 0 });
	expect(second?.equal.round.accuracy?.mean).toBeCloseTo(0.9, 12);
	expect(second?.equal.round.accuracy?.deviation).toBeCloseTo(0.2, 12);
	// Differences 0.2, 0.4, 0.6: t = 2 sqrt(3) with 2 degrees of freedom.
	expect(second?.equal.round.test?.pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 9);
});

test("a target's cost is over the seeds that reached it", () => {
	const [group] = compareRuns(cheap, { targets: [0.65, 0.95] }).groups;
	expect(group?.targets[0]).toMatchObject({ reached: 2, bytes: { mean: 300 }, rounds: { mean: 3 } });
	expect(group?.targets[1]).toMatchObject({ reached: 0, bytes: null });
});

test("the tables say what was not reached and how often", () => {
	const text = comparisonText(compareRuns(cheap, { targets: [0.65, 0.95] }));
	expect(text).toMatch(/65\.0% .* 2 of 3 .* 300 B/);
	expect(text).toMatch(/95\.0% .* 0 of 3 .* not reached/);
});

test("runs of different data are refused with the fields that differ", () => {
	const other = madeUpRun(1, scenario(1, { dataset: { name: "shapes" } }), { accuracies: [0.5], bytes: 1 });
	expect(() => demandEqualData([...cheap, other])).toThrow('dataset.name: "glyphs", "shapes"');
	expect(() => demandEqualData([...cheap, ...dear])).not.toThrow();
});

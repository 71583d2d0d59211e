import { expect, test } from "vitest";
import { machine, place } from "./routine-runs.fixture.ts";
import { tanhRoutine } from "./tanh-routine.ts";

test("a bound tanh is odd and keeps 0", () => {
	const routine = tanhRoutine(5);
	const placed = place([Float32Array.of(-20, -0.5, 0, 0.5, 20), new Float32Array(5)]);
	routine.bind(machine, placed.addresses, [])();
	const [, middle] = placed.values(1);
	expect(middle).toBeCloseTo(Math.tanh(-0.5), 6);
	expect([...placed.values(1)]).toEqual([-1, middle, 0, -(middle as number), 1]);
});

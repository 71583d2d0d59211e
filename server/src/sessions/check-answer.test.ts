import { bits } from "@fl-sim/core";
import { expect, test } from "vitest";
import { problemOf } from "./check-answer.ts";

const rule = { spec: { signs: bits(16) }, layoutSize: 16, trainExamples: 5, testExamples: 0 };

test("what a task finds wrong with an answer is told, once the answer has the form that the task asks for", () => {
	const seen: unknown[] = [];
	const check = (answer: Uint8Array) =>
		problemOf(
			answer,
			{ numExamples: 5 },
			{
				...rule,
				problemOf(values) {
					seen.push(values);
					return answer[0] === 1 ? "the first byte is 1" : undefined;
				},
			},
		);
	expect(check(Uint8Array.of(0, 0))).toBeUndefined();
	expect(check(Uint8Array.of(1, 0))).toBe("the first byte is 1");
	expect(check(Uint8Array.of(1, 0, 0))).toMatch(/a payload has 3 bytes, expected 2/);
	expect(seen).toEqual([{ signs: Uint8Array.of(0, 0) }, { signs: Uint8Array.of(1, 0) }]);
});

import type { Model, Vector } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { contextOf, pullingModel } from "./client-context.fixture.ts";
import { walkBatches } from "./walk-batches.ts";

describe("a method's own steps", () => {
	test("a step takes as many mini-batches as it needs, and the next one goes on from there", async () => {
		const seen: number[][] = [];
		const context = contextOf(
			pullingModel(() => 0),
			{ amount: { steps: 2 } },
		);
		const { result, report } = await walkBatches(context, () => ({
			step(next) {
				seen.push([next().size, next().size]);
				return Promise.resolve(seen.length);
			},
			trained: () => new Float32Array(2),
			result: () => "left",
		}));
		expect(seen).toEqual([
			[2, 2],
			[1, 2],
		]);
		expect(result).toBe("left");
		expect(report).toEqual({ trainLoss: 1.5, numExamples: 5, steps: 2 });
	});

	test("what it says it has trained is evaluated, where the round asks for it", async () => {
		const evaluated: Vector[] = [];
		const model: Model = {
			...pullingModel(() => 0),
			evaluate(params, batch) {
				evaluated.push(params);
				return { lossSum: 3, numCorrect: 1, numExamples: batch.size };
			},
		};
		const trained = Float32Array.of(7, 8);
		const walk = () => ({ step: () => Promise.resolve(0), trained: () => trained, result: () => null });
		const context = contextOf(model, {});
		expect((await walkBatches(context, walk)).report.ownTest).toBeUndefined();
		const asked = { ...context, evaluation: { batchSize: 5, afterTraining: true } };
		expect((await walkBatches(asked, walk)).report.ownTest).toEqual({
			lossSum: 3,
			numCorrect: 1,
			numExamples: 5,
		});
		expect(evaluated).toEqual([trained]);
	});
});

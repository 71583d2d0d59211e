import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { algorithms } from "@fl-sim/algorithms";
import type { LoadedScenario } from "@fl-sim/scenario";
import { resume, type SimulationResult, simulate } from "@fl-sim/simulation";
import { describe, expect, test } from "vitest";
import { smallScenario, timelessMetrics } from "./small-scenario.fixture.ts";

/** What must be equal in every run of the same scenario. */
async function essence(result: SimulationResult): Promise<unknown> {
	const { weightsSha256, bytesUp, bytesDown, rounds, finalAccuracy } = result;
	return {
		weightsSha256,
		bytesUp,
		bytesDown,
		rounds,
		finalAccuracy,
		metrics: await timelessMetrics(result.run),
	};
}

/** A run on two workers that is asked to end in its second round. */
function simulateTwoRounds(loaded: LoadedScenario): Promise<SimulationResult> {
	const asked = new AbortController();
	return simulate(loaded, {
		workers: 2,
		finishRound: asked.signal,
		onEvent(event) {
			if (event.type === "client.replied" && event.round === 2) asked.abort();
		},
	});
}

describe("the same scenario gives the same bits", () => {
	test("for 0, 1, 2 and 4 workers", async () => {
		const { loaded } = await smallScenario();
		const alone = await essence(await simulate(loaded, { workers: 0 }));
		for (const workers of [1, 2, 4]) {
			const result = await simulate(loaded, { workers });
			expect(result.workers).toBe(workers);
			expect(await essence(result)).toEqual(alone);
		}
	});

	test("whatever the batch size of the evaluation, up to rounding of the loss", async () => {
		const [one, other] = await Promise.all([smallScenario(), smallScenario("evaluation.batchSize=7")]);
		const first = await simulate(one.loaded, { workers: 1 });
		const second = await simulate(other.loaded, { workers: 1 });
		expect(second.weightsSha256).toBe(first.weightsSha256);
		expect(second.finalAccuracy).toBe(first.finalAccuracy);
	});

	test("but not for another seed", async () => {
		const [one, other] = await Promise.all([smallScenario(), smallScenario("seed=4")]);
		const first = await simulate(one.loaded, { workers: 1 });
		expect((await simulate(other.loaded, { workers: 1 })).weightsSha256).not.toBe(first.weightsSha256);
	});
});

describe("an interrupted run", () => {
	test("ends with a checkpoint and goes on to the bits of an undisturbed run", async () => {
		const { loaded } = await smallScenario();
		const whole = await essence(await simulate(loaded, { workers: 1 }));
		const stopped = await simulateTwoRounds(loaded);
		expect(stopped).toMatchObject({ status: "interrupted", rounds: 2 });
		const resumed = await resume(stopped.run, { workers: 1 });
		expect(resumed.status).toBe("finished");
		expect(await essence(resumed)).toEqual(whole);
		const events = (await readFile(join(stopped.run, "events.jsonl"), "utf8")).trim().split("\n");
		expect(events.filter((line) => line.includes('"round.finished"'))).toHaveLength(5);
	});

	test("may be stopped in the middle of a round, and resumed twice", async () => {
		const { loaded } = await smallScenario();
		const whole = await essence(await simulate(loaded, { workers: 1 }));
		const now = new AbortController();
		let run = "";
		const stopped = simulate(loaded, {
			workers: 2,
			stopNow: now.signal,
			onEvent(event) {
				if (event.type === "run.started") run = event.run;
				if (event.type === "client.replied" && event.round === 3) now.abort(new Error("enough"));
			},
		});
		await expect(stopped).rejects.toThrow("enough");
		const resumed = await resume(run, { workers: 2 });
		expect(await essence(resumed)).toEqual(whole);
		expect(await essence(await resume(run, { workers: 0 }))).toEqual(whole);
	});
});

/** A method and the `set` arguments that choose it. */
type Method = readonly [name: string, set: readonly string[]];

const onBatchNorm = [
	"model={ name: resnet8, norm: batch }",
	"dataset.trainExamples=100",
	"dataset.testExamples=10",
	"clients.perRound=2",
	"evaluation.clients=0",
];

const methods: readonly Method[] = [
	...Object.keys(algorithms).map(
		(name): Method => [
			name,
			[`algorithm={ name: ${name} }`, ...(name === "fedbn" ? onBatchNorm : ["model={ name: softmax }"])],
		],
	),
	[
		"fedavg compressed in both directions",
		[
			"algorithm={ name: fedavg }",
			"model={ name: softmax }",
			"compression={ up: { name: top-k, fraction: 0.05 }, down: { name: int8 } }",
		],
	],
	["scaffold with batch norm", ["algorithm={ name: scaffold }", ...onBatchNorm]],
];

test.each(methods)("%s gives the same bits for 0 and 2 workers, and when it is resumed", async (_, set) => {
	const { loaded } = await smallScenario(...set, "rounds=3", "system={}");
	const alone = await essence(await simulate(loaded, { workers: 0 }));
	const stopped = await simulateTwoRounds(loaded);
	expect(stopped).toMatchObject({ status: "interrupted", rounds: 2 });
	expect(await essence(await resume(stopped.run, { workers: 0 }))).toEqual(alone);
});

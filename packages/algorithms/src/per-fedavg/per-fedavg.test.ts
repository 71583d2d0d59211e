import { plainWorkspace } from "@fl-sim/core";
import { layeredBlobs, playRun, quadraticProblem } from "@fl-sim/testkit";
import { testAlgorithmLaws } from "@fl-sim/testkit/algorithm-laws";
import fc from "fast-check";
import { expect, test } from "vitest";
import { everybody, ofType } from "../client-events.fixture.ts";
import { expectClose } from "../expect-close.fixture.ts";
import { fedavg } from "../fedavg/fedavg.ts";
import {
	learningRate as beta,
	gradientAt,
	playQuadratics,
	randomPopulation,
} from "../heterogeneous-quadratics.fixture.ts";
import { createCurvatureCorrection } from "./curvature-correction.ts";
import { perFedavg, perFedavgOptions } from "./per-fedavg.ts";

const withOptions = (options: object = {}) => ({ name: "per-fedavg", ...options });
const start = Float32Array.of(1, -1);
const variants = ["first-order", "hessian-free"] as const;

testAlgorithmLaws(perFedavg, withOptions({ variant: "hessian-free", adaptationRate: 0.1 }));

test.each(variants)(
	"%s: alpha = 0 is FedAvg, bit for bit, and clients use the global model",
	async (variant) => {
		const options = withOptions({ variant, adaptationRate: 0 });
		const meta = await playQuadratics(perFedavg, options, { rounds: 3, start });
		const plain = await playQuadratics(fedavg, { name: "fedavg" }, { rounds: 3, start });
		expect(meta.outcome.params).toEqual(plain.outcome.params);
		expect(meta.outcome.params).not.toEqual(start);
	},
);

test("a step follows the gradient of f(w - alpha grad f(w)): exactly, or without its second derivatives", async () => {
	await fc.assert(
		fc.asyncProperty(
			randomPopulation,
			fc.double({ min: 0, max: 0.9, noNaN: true }),
			fc.constantFrom(...variants),
			async ({ clients }, alpha, variant) => {
				const options = withOptions({ variant, adaptationRate: alpha });
				const run = await playQuadratics(perFedavg, options, { clients, rounds: 1, localSteps: 1, start });
				const expected = new Float64Array(2);
				for (const client of clients) {
					const first = gradientAt(start, client);
					const d = gradientAt(
						start.map((w, i) => w - alpha * (first[i] ?? 0)),
						client,
					);
					for (const [i, w] of start.entries()) {
						const factor = variant === "hessian-free" ? 1 - alpha * (client.curvature?.[i] ?? 1) : 1;
						expected[i] = (expected[i] ?? 0) + (w - beta * factor * (d[i] ?? 0)) / clients.length;
					}
				}
				expectClose(run.outcome.params, Float32Array.from(expected), 3);
			},
		),
		{ numRuns: 40 },
	);
});

test("the correction is that of the Hessian on a network, and touches nothing else", async () => {
	const { model, dataset } = layeredBlobs();
	const { train } = dataset.client(0, 1);
	const workspace = plainWorkspace(model.layout.size);
	const batch = workspace.gather(train, Uint32Array.of(0, 1, 2, 3), 0, 4);
	const params = Float32Array.from({ length: model.layout.size }, (_, i) => Math.sin(i));
	const direction = Float32Array.from({ length: model.layout.size }, (_, i) => Math.cos(3 * i));
	const before = params.slice();
	const correct = createCurvatureCorrection(model, workspace, { rate: 0.5, differenceStep: 1e-3 });
	const corrected = direction.slice();
	await correct(params, batch, corrected);
	expect(params).toEqual(before);
	// d^T H d is the second derivative of the loss along d.
	const lossAt = async (t: number): Promise<number> => {
		const moved = params.map((w, i) => w + t * (direction[i] ?? 0));
		return (await model.evaluate(moved, batch)).lossSum / 4;
	};
	const h = 0.02;
	const second = ((await lossAt(h)) - 2 * (await lossAt(0)) + (await lossAt(-h))) / h ** 2;
	const along = direction.reduce((sum, d, i) => sum + d * (d - (corrected[i] ?? 0)), 0) / 0.5;
	expect(along).toBeCloseTo(second, 1);
	expect(Math.abs(second)).toBeGreaterThan(1);
});

test("a client adapts the global model by so many steps of size alpha before it uses it, and before aggregation too", async () => {
	const problem = quadraticProblem([{ center: [4, 0], numExamples: 2 }]);
	const lossesWith = async (adaptationSteps: number) => {
		const options = withOptions({ adaptationRate: 0.25, adaptationSteps });
		const plan = {
			rounds: 1,
			population: 1,
			cohortSize: 1,
			evaluation: everybody,
			initialParams: new Float32Array(2),
		};
		const { events, outcome } = await playRun({ algorithm: perFedavg, options, problem, plan });
		const [personal] = ofType(events, "evaluated.personal");
		const [reply] = ofType(events, "client.replied");
		return {
			personal: personal?.clients[0]?.loss,
			trained: reply?.report.ownTest?.lossSum,
			w: outcome.params,
		};
	};
	for (const steps of [1, 3]) {
		const { personal, trained, w } = await lossesWith(steps);
		const adapted = ((w[0] as number) - 4) * 0.75 ** steps;
		expect(personal).toBeCloseTo(adapted ** 2 / 2, 5);
		expect(trained).toBeCloseTo(adapted ** 2 / 2, 5);
	}
});

test("each participant costs 4 d bytes, each way", async () => {
	const plan = { rounds: 3, cohortSize: 5 };
	const { outcome } = await playRun({ algorithm: perFedavg, options: withOptions(), plan });
	expect(outcome.totals).toMatchObject({ downBytes: 3 * 5 * 48, upBytes: 3 * 5 * 48 });
});

test.each([{ adaptationRate: -1 }, { adaptationSteps: 0 }, { differenceStep: 0 }, { variant: "exact" }])(
	"%o is refused",
	(options) => {
		expect(perFedavgOptions.safeParse(withOptions(options)).success).toBe(false);
	},
);

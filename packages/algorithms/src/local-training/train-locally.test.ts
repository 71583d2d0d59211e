import type { Batch, ClientOptimizer, LocalTraining, Model, TrainingWorkspace, Vector } from "@fl-sim/core";
import { plainWorkspace } from "@fl-sim/core";
import { describe, expect, test } from "vitest";
import { contextOf, pullingModel, sgd } from "./client-context.fixture.ts";
import { trainLocally } from "./train-locally.ts";

const adam: ClientOptimizer = { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

const weightAfter = async (
	training: Partial<LocalTraining>,
	gradientOf: (weight: number) => number = () => 1,
) => {
	const start = Float32Array.of(1, 0);
	return (await trainLocally(contextOf(pullingModel(gradientOf), training), start)).params[0];
};

describe("mini-batches", () => {
	test("an epoch sees every example once, the last mini-batch being the short one", async () => {
		const seen: Batch[] = [];
		const { report } = await trainLocally(
			contextOf(
				pullingModel(() => 0, seen),
				{},
			),
			new Float32Array(2),
		);
		expect(seen.map((batch) => batch.size)).toEqual([2, 2, 1]);
		expect(seen.flatMap((batch) => [...batch.features]).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4]);
		expect(report).toEqual({ numExamples: 5, steps: 3, trainLoss: 5 / 3 });
	});

	test("each epoch has an order of its own", async () => {
		const seen: Batch[] = [];
		const context = contextOf(
			pullingModel(() => 0, seen),
			{ amount: { epochs: 2 }, batchSize: 20 },
			20,
		);
		await trainLocally(context, new Float32Array(2));
		expect(seen).toHaveLength(2);
		expect(seen[1]?.features).not.toEqual(seen[0]?.features);
	});

	test("a number of steps goes on into the next epoch", async () => {
		const seen: Batch[] = [];
		const context = contextOf(
			pullingModel(() => 0, seen),
			{ amount: { steps: 4 } },
		);
		await trainLocally(context, new Float32Array(2));
		expect(seen.map((batch) => batch.size)).toEqual([2, 2, 1, 2]);
	});

	test("a straggler stops after its share of the steps", async () => {
		const context = contextOf(
			pullingModel(() => 0),
			{ amount: { epochs: 4 }, workFraction: 0.5 },
		);
		expect((await trainLocally(context, new Float32Array(2))).report.steps).toBe(6);
	});

	test("batchSize all takes the client as one batch", async () => {
		const seen: Batch[] = [];
		await trainLocally(
			contextOf(
				pullingModel(() => 0, seen),
				{ batchSize: "all" },
			),
			new Float32Array(2),
		);
		expect(seen.map((batch) => batch.size)).toEqual([5]);
	});
});

describe("steps", () => {
	test("sgd: w = 1 - 3 * 0.5 * 1", async () => {
		expect(await weightAfter({})).toBeCloseTo(-0.5, 6);
	});

	test("momentum 0.5: velocities 1, 1.5, 1.75", async () => {
		expect(await weightAfter({ optimizer: { ...sgd, momentum: 0.5 } })).toBeCloseTo(1 - 0.5 * 4.25, 6);
	});

	test("Nesterov momentum 0.5: steps 1.5, 1.75, 1.875", async () => {
		const optimizer = { ...sgd, momentum: 0.5, nesterov: true };
		expect(await weightAfter({ optimizer })).toBeCloseTo(1 - 0.5 * 5.125, 6);
	});

	test("weight decay 1 alone halves the weight in each of three steps", async () => {
		expect(await weightAfter({ optimizer: { ...sgd, weightDecay: 1 } }, () => 0)).toBeCloseTo(0.125, 6);
	});

	test("a gradient of norm 10 is clipped to norm 1", async () => {
		expect(await weightAfter({ clipNorm: 1 }, () => 10)).toBeCloseTo(-0.5, 6);
	});

	test("adam's first step is the learning rate, whatever the gradient's size", async () => {
		for (const size of [0.01, 1, 100]) {
			expect(await weightAfter({ optimizer: adam, amount: { steps: 1 } }, () => size)).toBeCloseTo(0.5, 5);
		}
	});

	test("transforms change the gradient before the step", async () => {
		const context = contextOf(
			pullingModel(() => 1),
			{ amount: { steps: 1 } },
		);
		const { params } = await trainLocally(context, Float32Array.of(1, 0), {
			transforms: [
				(gradient) => {
					gradient[0] = 4;
				},
			],
		});
		expect(params[0]).toBe(-1);
	});

	test("frozen parts stay as they are, whatever the optimizer and weight decay", async () => {
		for (const optimizer of [{ ...sgd, weightDecay: 0.5, momentum: 0.9 }, adam]) {
			const context = contextOf(
				pullingModel(() => 1),
				{ optimizer },
			);
			const frozen = context.model.layout.parts.filter(({ name }) => name === "w");
			const { params } = await trainLocally(context, Float32Array.of(1, 0), { frozen });
			expect(params[0]).toBe(1);
		}
	});
});

test("the start is not written to, and running statistics survive weight decay", async () => {
	const start = Float32Array.of(1, 0);
	const context = contextOf(
		pullingModel(() => 1),
		{ optimizer: { ...sgd, weightDecay: 0.5 } },
	);
	const { params } = await trainLocally(context, start);
	expect(start).toEqual(Float32Array.of(1, 0));
	expect(params[1]).toBe(3);
});

test("a loss that is not finite ends the training and says where", async () => {
	const model: Model = { ...pullingModel(() => 0), lossAndGradient: () => Number.NaN };
	await expect(trainLocally(contextOf(model, {}), new Float32Array(2))).rejects.toMatchObject({
		code: "FL_TRAINING_DIVERGED",
		message:
			"training diverged: round 1, client 3, local step 1: the loss is NaN, expected a finite number (learning rate 0.5)",
		details: { round: 1, client: 3, step: 1 },
	});
});

describe("a model with a workspace of its own", () => {
	/** Remembers what it gave out, and spoils it when it is closed, as a memory that is used again does. */
	function spoilingWorkspace(): TrainingWorkspace & { readonly vectors: Vector[]; timesClosed: number } {
		const plain = plainWorkspace(2);
		const vectors: Vector[] = [];
		return {
			...plain,
			vectors,
			timesClosed: 0,
			vector(values) {
				const vector = plain.vector(values);
				vectors.push(vector);
				return vector;
			},
			close() {
				this.timesClosed += 1;
				for (const vector of vectors) vector.fill(Number.NaN);
			},
		};
	}

	const adam = { name: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.1 } as const;

	test.each<ClientOptimizer>([sgd, { ...sgd, momentum: 0.9, nesterov: true }, adam])(
		"$name: the result survives the workspace's end and equals training without one",
		async (optimizer) => {
			const workspace = spoilingWorkspace();
			const seen: Vector[] = [];
			const plain = pullingModel((weight) => weight);
			const model: Model = {
				...plain,
				openWorkspace: () => workspace,
				lossAndGradient(params, batch, gradient) {
					seen.push(params, gradient);
					return plain.lossAndGradient(params, batch, gradient);
				},
			};
			const start = Float32Array.of(1, 0);
			const { params } = await trainLocally(contextOf(model, { optimizer, clipNorm: 0.5 }), start);
			expect(workspace.timesClosed).toBe(1);
			const expected = await trainLocally(contextOf(plain, { optimizer, clipNorm: 0.5 }), start);
			expect(params).toEqual(expected.params);
			expect(params[0]).not.toBe(1);
			for (const vector of seen) expect(workspace.vectors).toContain(vector);
			expect(start).toEqual(Float32Array.of(1, 0));
		},
	);

	test.each<[string, Partial<Model>]>([
		[
			"a step throws",
			{
				lossAndGradient: () => {
					throw new Error("no memory");
				},
			},
		],
		["a step fails later", { lossAndGradient: async () => Promise.reject(new Error("no memory")) }],
		["the loss is not finite", { lossAndGradient: () => Number.NaN }],
	])("is closed once when %s", async (_, failing) => {
		const workspace = spoilingWorkspace();
		const model = { ...pullingModel(() => 0), openWorkspace: () => workspace, ...failing };
		await expect(trainLocally(contextOf(model, {}), new Float32Array(2))).rejects.toThrow(
			/no memory|diverged/,
		);
		expect(workspace.timesClosed).toBe(1);
	});

	test("each training opens one of its own", async () => {
		const opened: ReturnType<typeof spoilingWorkspace>[] = [];
		const model: Model = {
			...pullingModel((weight) => weight),
			openWorkspace() {
				const workspace = spoilingWorkspace();
				opened.push(workspace);
				return workspace;
			},
		};
		const start = Float32Array.of(1, 0);
		const [one, other] = await Promise.all([1, 2].map(async () => trainLocally(contextOf(model, {}), start)));
		expect(opened.map(({ timesClosed }) => timesClosed)).toEqual([1, 1]);
		expect(one?.params).toEqual(other?.params);
		expect(Number.isFinite(one?.params[0])).toBe(true);
	});
});

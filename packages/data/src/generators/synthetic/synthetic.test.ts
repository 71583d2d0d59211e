import { randomStream } from "@fl-sim/core";
import { expect, test } from "vitest";
import { synthetic } from "./synthetic.ts";
import { featureDeviations, trueLabel, userModel, userSize } from "./user-model.ts";

const context = { seed: 11, baseFolder: "." };
const published = synthetic.options.parse({ name: "synthetic" });

function meanOf(values: ArrayLike<number>): number {
	return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: ArrayLike<number>): number {
	const mean = meanOf(values);
	return Math.sqrt(meanOf(Array.from(values, (value) => (value - mean) ** 2)));
}

test("has 30 users, 60 features and 10 classes unless told otherwise", async () => {
	const { train, test: central } = await synthetic.load(published, context);
	expect(new Set(train.owners).size).toBe(30);
	expect(new Set(central.owners).size).toBe(30);
	expect(train.featureShape).toEqual([60]);
	expect(train.numClasses).toBe(10);
});

test("labels are the argmax of the user's own W x + b, recomputed from the stored features", () => {
	const random = randomStream(context.seed, "synthetic");
	for (const user of [0, 7, 29]) {
		const examples = synthetic.owners?.(published, context).examples(user);
		const model = userModel(random, published, user);
		for (let row = 0; row < (examples?.numExamples ?? 0); row++) {
			const x = examples?.features.values.subarray(row * 60, (row + 1) * 60) ?? [];
			const logits = Array.from(model.bias, (bias, label) =>
				Array.from(x).reduce(
					(sum, value, j) => sum + value * (model.weights[j * 10 + label] as number),
					bias,
				),
			);
			expect(examples?.labels[row]).toBe(logits.indexOf(Math.max(...logits)));
		}
	}
});

test("a label is the class of the highest logit, worked by hand", () => {
	// x = (1, 2): logits 1 + 4 + 0 = 5, 3 - 2 + 0 = 1 and 0 + 0 + 4 = 4.
	const model = {
		weights: Float64Array.of(1, 3, 0, 2, -1, 0),
		bias: Float64Array.of(0, 0, 4),
		centre: new Float64Array(2),
	};
	expect(trueLabel(model, Float32Array.of(1, 2))).toBe(0);
});

test("feature variances fall as j^-1.2", () => {
	const many = synthetic.options.parse({ name: "synthetic", iid: true, users: 300 });
	const deviations = featureDeviations(60);
	expect(deviations[0]).toBe(1);
	expect((deviations[9] as number) ** 2).toBeCloseTo(10 ** -1.2, 12);
	const generator = synthetic.owners?.(many, context);
	const rows = Array.from({ length: 40 }, (_, user) => generator?.examples(user).features.values ?? []);
	for (const j of [0, 4, 59]) {
		const values = rows.flatMap((row) => Array.from(row).filter((_, at) => at % 60 === j));
		expect(values.length).toBeGreaterThan(3_000);
		expect(deviationOf(values) / (deviations[j] as number)).toBeGreaterThan(0.95);
		expect(deviationOf(values) / (deviations[j] as number)).toBeLessThan(1.05);
	}
});

test("sizes are at least 50, have the median of floor(LogNormal(4, 2)) + 50, and obey the cap", () => {
	const random = randomStream(context.seed, "synthetic");
	const sizes = Array.from({ length: 2_000 }, (_, user) => userSize(random, published, user)).sort(
		(a, b) => a - b,
	);
	expect(sizes[0]).toBeGreaterThanOrEqual(50);
	// Median e^4 + 50 = 104.6; quartile e^(4 - 2 * 0.674) + 50 = 64.
	expect(sizes[1_000]).toBeGreaterThan(96);
	expect(sizes[1_000]).toBeLessThan(114);
	expect(sizes[500]).toBeGreaterThan(61);
	expect(sizes[500]).toBeLessThan(67);
	expect(sizes.at(-1)).toBeGreaterThan(5_000);
	const capped = { ...published, maxExamplesPerUser: 100 };
	expect(Math.max(...sizes.map((_, user) => userSize(random, capped, user)))).toBe(100);
});

test("alpha spreads the means of the users' models and beta those of their features, as standard deviations", () => {
	const random = randomStream(context.seed, "synthetic");
	const settings = { ...published, alpha: 3, beta: 0.5 };
	const models = Array.from({ length: 400 }, (_, user) => userModel(random, settings, user));
	// The mean of 600 weights has its own deviation of 0.04, that of 60 features one of 0.13.
	expect(deviationOf(models.map((model) => meanOf(model.weights)))).toBeCloseTo(3, 0);
	const ofCentres = deviationOf(models.map((model) => meanOf(model.centre)));
	expect(ofCentres).toBeGreaterThan(0.45);
	expect(ofCentres).toBeLessThan(0.58);
	// W_k and b_k share u_k.
	const gaps = models.map((model) => meanOf(model.bias) - meanOf(model.weights));
	expect(deviationOf(gaps)).toBeLessThan(0.45);
});

test("the IID variant gives all users one model, centred at 0", () => {
	const random = randomStream(context.seed, "synthetic");
	const settings = { ...published, iid: true };
	expect(userModel(random, settings, 5)).toEqual(userModel(random, settings, 0));
	expect(userModel(random, settings, 5).centre.every((value) => value === 0)).toBe(true);
	expect(userModel(random, published, 5)).not.toEqual(userModel(random, published, 0));
});

test("the central test set has a ninth of each user's training examples", async () => {
	const { train, test: central } = await synthetic.load(published, context);
	const sizeOf = (owners: Int32Array | undefined, user: number): number =>
		(owners ?? []).filter((owner) => owner === user).length;
	for (const user of [0, 13, 29]) {
		expect(sizeOf(central.owners, user)).toBe(Math.ceil(sizeOf(train.owners, user) / 9));
	}
});

import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataSourceNamed, datasetOptions } from "../sources.ts";

const root = join(import.meta.dirname, "../../../..");
const mnistFolder = join(root, "../shared/data/mnist");
const shakespeareFolder = join(root, "../shared/data/tinyshakespeare");

async function load(options: Record<string, unknown>) {
	const chosen = datasetOptions.parse(options);
	return await dataSourceNamed(chosen.name).load(chosen, { seed: 1, baseFolder: root });
}

test.skipIf(!existsSync(mnistFolder))("the whole MNIST is read (needs ../shared/data/mnist)", async () => {
	const { train, test } = await load({ name: "mnist", path: "../shared/data/mnist" });
	expect([train.numExamples, test.numExamples]).toEqual([60_000, 10_000]);
	expect(train.featureShape).toEqual([28, 28, 1]);
	const counts = Array.from({ length: 10 }, () => 0);
	for (const label of train.labels) counts[label] = (counts[label] as number) + 1;
	expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
	expect([...test.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
	let sum = 0;
	for (const value of train.features.values) sum += value;
	expect(sum / (60_000 * 784 * 255)).toBeCloseTo(0.1307, 4); // the mean that everyone normalizes MNIST with
});

test.skipIf(!existsSync(shakespeareFolder))(
	"the plays of Shakespeare are read by speaker (needs ../shared/data/tinyshakespeare)",
	async () => {
		const { train, test } = await load({ name: "shakespeare", path: shakespeareFolder, stride: 20 });
		expect(train.featureShape).toEqual([80, 65]);
		expect(train.ownerNames).toContain("ROMEO");
		expect(train.ownerNames).toContain("First Citizen");
		expect(train.numExamples).toBeGreaterThan(30_000);
		expect(test.numExamples).toBe(2000);
	},
);

import { createHash } from "node:crypto";
import { axpy, randomStream, zeros } from "@fl-sim/core";
import { type BackendName, openBackend } from "../backend/open-backend.ts";
import { createModel } from "../model/create-model.ts";
import { randomBatch } from "../model/random-batch.fixture.ts";
import { modelOptions } from "../models/registry.ts";

const [numSteps, batchSize, learningRate] = [5, 10, 0.1];
const [featureShape, numClasses] = [[28, 28, 1], 10];

/** What LeNet-5 learns in a few steps: one hash for each step, of every bit of loss, gradient and parameters. */
export async function trainingSteps(backend: BackendName): Promise<string[]> {
	const model = createModel(
		await openBackend(backend),
		modelOptions.parse({ name: "lenet5" }),
		featureShape,
		numClasses,
	);
	const params = model.init(randomStream(1));
	const gradient = zeros(params.length);
	const batch = randomBatch(batchSize, featureShape, numClasses);
	const hashes: string[] = [];
	for (let step = 0; step < numSteps; step++) {
		const loss = await model.lossAndGradient(params, batch, gradient);
		axpy(-learningRate, gradient, params);
		const hash = createHash("sha256").update(Float64Array.of(loss)).update(gradient).update(params);
		hashes.push(hash.digest("hex"));
	}
	return hashes;
}

import { algorithms } from "@fl-sim/algorithms";
import { FlSimError } from "@fl-sim/core";
import { createClientHost, runEvaluationJob } from "@fl-sim/engine";
import { blobDataset, smallBlobs, softmaxModel } from "@fl-sim/testkit";
import type { ClientPlace } from "./simulated-clients.ts";

/** What a test can make go wrong in a worker thread. */
export interface BlobClientsSettings {
	readonly failAtStart?: boolean;
	readonly failingClient?: number;
	readonly exitingClient?: number;
}

/** FedAvg on blobs, as a worker module: the real engine host on the plain softmax model. */
export function createClientPlace(settings: BlobClientsSettings): Promise<ClientPlace> {
	if (settings.failAtStart)
		throw new FlSimError("FL_BACKEND_UNAVAILABLE", "no backend here", { fix: "Install one." });
	const dataset = blobDataset(smallBlobs);
	const model = softmaxModel(smallBlobs.numFeatures, smallBlobs.numClasses);
	const algorithm = algorithms.fedavg;
	if (algorithm === undefined) throw new Error("fedavg is not registered");
	const host = createClientHost({
		algorithm,
		options: { name: "fedavg" },
		model,
		dataset,
		seed: 1,
		training: () => ({
			amount: { epochs: 1 },
			batchSize: 4,
			optimizer: { name: "sgd", momentum: 0, nesterov: false, weightDecay: 0 },
			learningRate: 0.1,
			clipNorm: undefined,
		}),
		evaluation: () => ({ batchSize: 16, afterTraining: false }),
	});
	return Promise.resolve({
		async host(request, state, serve) {
			if (request.task === "ask") {
				const asked = await serve("double", request.payload);
				const payload = await serve("double", asked);
				const report = { trainLoss: 0, numExamples: 1, steps: 1 };
				return { reply: { status: "replied", payload, report, wallSeconds: 0 }, state: null };
			}
			if (request.client === settings.failingClient) throw new TypeError("a bug in client code");
			if (request.client === settings.exitingClient) process.exit(3);
			return await host(request, state, serve);
		},
		evaluate: (params, job) => runEvaluationJob({ model, dataset, batchSize: 16 }, params, job),
		notes: ["blobs are easy"],
		stepBytes: 64,
	});
}

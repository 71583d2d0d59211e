import { type ExampleView, gatherBatch, positionsOf } from "@fl-sim/core";
import { expect, test } from "vitest";
import { type DatasetOptions, dataSourceNamed, datasetOptions } from "../sources.ts";
import { describeFederatedData, describeLoadedData } from "./descriptor.ts";
import { partitionSettings } from "./labelled-data.fixture.ts";
import { openFederatedData } from "./open.ts";
import { summarizePartition } from "./summary.ts";

const context = { seed: 5, baseFolder: "." };
const glyphs = (fields: Readonly<Record<string, unknown>>): DatasetOptions =>
	datasetOptions.parse({ name: "glyphs", testExamples: 20, ...fields });

const contentOf = (view: ExampleView) =>
	gatherBatch(view, positionsOf(view.indices.length), 0, view.indices.length);

test.each([1, 3])(
	"clients of %i generated owners equal those of the pooled data",
	async (ownersPerClient) => {
		const dataset = glyphs({ trainExamples: 130, writers: 12 });
		const numClients = 12 / ownersPerClient;
		const partition = partitionSettings({
			name: "natural",
			ownersPerClient,
			split: { train: 0.5, validation: 0.2, test: 0.3 },
			featureSkew: { name: "rotation" },
		});
		const request = { partition, numClients, seed: context.seed };
		const owned = await describeFederatedData({ ...request, dataset, baseFolder: context.baseFolder });
		expect(owned.kind).toBe("owned");
		const pooled = describeLoadedData(await dataSourceNamed("glyphs").load(dataset, context), request);
		const [onDemand, loaded] = [openFederatedData(structuredClone(owned)), openFederatedData(pooled)];
		for (let client = 0; client < numClients; client++) {
			const [a, b] = [onDemand.client(client, 1), loaded.client(client, 1)];
			expect(contentOf(a.train)).toEqual(contentOf(b.train));
			expect(contentOf(a.validation)).toEqual(contentOf(b.validation));
			expect(contentOf(a.test)).toEqual(contentOf(b.test));
			expect(onDemand.numTrainExamples(client)).toBe(a.train.indices.length);
			expect(loaded.numTrainExamples(client)).toBe(a.train.indices.length);
		}
		expect(contentOf(onDemand.centralTest)).toEqual(contentOf(loaded.centralTest));
		expect(summarizePartition(onDemand)).toEqual(summarizePartition(loaded));
	},
);

test("100,000 registered clients add nothing to the descriptor, and any of them can be played", async () => {
	const partition = partitionSettings({ name: "natural" });
	const describe = (numClients: number) =>
		describeFederatedData({
			dataset: glyphs({ trainExamples: 1_000_000, writers: 100_000 }),
			partition,
			numClients,
			...context,
		});
	const many = await describe(100_000);
	expect({ ...many, numClients: 10 }).toEqual(await describe(10));
	const dataset = openFederatedData(many);
	expect(dataset.numTrainExamples(99_999)).toBe(8);
	expect(dataset.client(99_999, 1).train.indices.length).toBe(8);
	expect(contentOf(dataset.client(99_999, 1).train)).not.toEqual(contentOf(dataset.client(99_998, 1).train));
});

test("other partitions of a source with owners load the whole data set", async () => {
	const partition = partitionSettings({ name: "iid" });
	const described = await describeFederatedData({
		dataset: glyphs({ trainExamples: 40, writers: 4 }),
		partition,
		numClients: 5,
		...context,
	});
	expect(described.kind).toBe("pooled");
	expect(openFederatedData(described).numTrainExamples(0)).toBe(6);
});

import { scenarioSchema } from "@fl-sim/scenario";
import { expect, test } from "vitest";
import { scenarioForClients } from "./scenario-for-clients.ts";

const secret = "/srv/secret-place";

function told(dataset: object) {
	const scenario = scenarioSchema.parse({
		dataset,
		model: { name: "softmax" },
		clients: { number: 3, perRound: 3, localEpochs: 1, batchSize: 10, learningRate: 0.1 },
		rounds: 1,
		output: { folder: `${secret}/runs` },
	});
	return { scenario, told: scenarioForClients(scenario) };
}

test.each([
	{ name: "csv", path: `${secret}/train.csv`, testPath: `../${secret}/test.csv` },
	{ name: "mnist", path: `${secret}/mnist` },
	{ name: "image-folder", path: `${secret}/..` },
	{ name: "npz", path: `${secret}/a.npz` },
	{ name: "leaf", path: `${secret}/leaf` },
	{
		name: "idx",
		features: `${secret}/x`,
		labels: `${secret}/y`,
		testFeatures: `${secret}/tx`,
		testLabels: `${secret}/ty`,
	},
])("clients learn nothing of where the server has its files: $name", (dataset) => {
	const { scenario, told: shared } = told(dataset);
	expect(JSON.stringify(scenario)).toContain("secret-place");
	expect(JSON.stringify(shared)).not.toMatch(/secret|srv|runs|\.\./);
});

test("clients learn all else, and the files' names, by which they find their own", () => {
	const { scenario, told: shared } = told({ name: "csv", path: `${secret}/train.csv`, label: "y" });
	const { output, ...rest } = scenario;
	expect(output.folder).toContain(secret);
	expect(shared).toEqual({ ...rest, dataset: { ...rest.dataset, path: "train.csv" } });
	expect(scenarioSchema.parse(shared)).toMatchObject({
		clients: scenario.clients,
		output: { folder: "runs" },
	});
});

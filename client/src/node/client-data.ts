import { stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { FlSimError } from "@fl-sim/core";
import {
	type DatasetOptions,
	dataSourceNamed,
	datasetOptions,
	describeFederatedData,
	type FederatedDataDescriptor,
	pathOptionsOf,
} from "@fl-sim/data";
import type { Scenario } from "@fl-sim/scenario";
import { soleClientData } from "./sole-client-data.ts";

/** What the clients of this process train on. */
export type DataChoice =
	/** Their parts of the scenario's data set, which lies in `folder` unless it needs no files or has its usual place. */
	| { readonly kind: "partition"; readonly numClients: number; readonly folder: string | undefined }
	/** All that lies in `folder`. */
	| { readonly kind: "own"; readonly client: number; readonly folder: string };

/**
 * Opens the data that a scenario of the server asks for, as far as this side allows it.
 *
 * @throws FL_USAGE when choice and scenario do not fit; FL_DATA_..., FL_PARTITION_IMPOSSIBLE
 */
export async function describeClientData(
	scenario: Scenario,
	choice: DataChoice,
): Promise<FederatedDataDescriptor> {
	const { partition, clients, seed } = scenario;
	const baseFolder = process.cwd();
	const dataset = await placedDataset(scenario.dataset, choice);
	const numClients = clients.number;
	if (choice.kind === "partition") {
		if (choice.numClients !== numClients) {
			throw new FlSimError(
				"FL_USAGE",
				`--partition: found a part of ${choice.numClients}, but the server's run has ${numClients} clients`,
				{ fix: `Give --partition i/${numClients}.` },
			);
		}
		return await describeFederatedData({ dataset, partition, numClients, seed, baseFolder });
	}
	const loaded = await dataSourceNamed(dataset.name).load(dataset, { seed, baseFolder });
	return soleClientData(loaded, { client: choice.client, numClients, split: partition.split, seed });
}

/** The data set with the paths of this machine in place of the server's names, which decide about no file here. */
async function placedDataset(dataset: DatasetOptions, choice: DataChoice): Promise<DatasetOptions> {
	const fields = pathOptionsOf(dataset.name);
	const options: Readonly<Record<string, unknown>> = dataset;
	const named = fields.filter((field) => typeof options[field] === "string");
	const { folder } = choice;
	if (folder === undefined) {
		const [field] = named;
		if (field === undefined) return dataset;
		throw new FlSimError(
			"FL_USAGE",
			`the server's run reads its data from files (${field}: ${JSON.stringify(options[field])}); which files are read here, only you say`,
			{ fix: "Name their place on this machine with --data." },
		);
	}
	if (fields.length === 0) {
		throw new FlSimError(
			"FL_USAGE",
			`--data is given, but the data set ${dataset.name} of the server's run is generated and reads no files`,
			{ fix: "Take part with --partition alone." },
		);
	}
	const isFolder = await isDirectory(folder);
	// A server's `..` would lead out of the folder; as a name it is none.
	const beside = (field: string): string =>
		join(isFolder ? folder : dirname(folder), basename(resolve("/", String(options[field]))));
	const placed = { ...options };
	for (const field of named) placed[field] = beside(field);
	if (fields.includes("path")) {
		const isInside = isFolder && named.includes("path") && (await exists(beside("path")));
		placed["path"] = isInside ? beside("path") : folder;
	}
	// A client's own data need no test set of their own: they are split. Who names one file means that one alone.
	const testFields = named.filter((field) => field.startsWith("test"));
	const found = await Promise.all(testFields.map((field) => exists(beside(field))));
	if (choice.kind === "own" && (!isFolder || found.includes(false))) {
		for (const field of testFields) delete placed[field];
	}
	return datasetOptions.parse(placed);
}

async function isDirectory(path: string): Promise<boolean> {
	const found = await stat(path).catch(() => undefined);
	if (found !== undefined) return found.isDirectory();
	throw new FlSimError("FL_DATA_MISSING", `${path}: no such file or folder`, {
		fix: "Correct the path given with --data.",
		details: { file: path },
	});
}

async function exists(path: string): Promise<boolean> {
	return (await stat(path).catch(() => undefined)) !== undefined;
}

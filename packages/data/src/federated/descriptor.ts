import type { Examples } from "@fl-sim/core";
import { type PartitionSettings, partitionerNamed } from "../partition/partitioners.ts";
import type { LoadedData } from "../source.ts";
import { type DatasetOptions, dataSourceNamed } from "../sources.ts";
import type { DriftSchedule } from "./drift.ts";
import { checkFeatureSkew, type FeatureSkew } from "./feature-skew.ts";
import {
	checkTrainFraction,
	type PartitionRequest,
	type PartitionTable,
	partitionExamples,
} from "./partition-table.ts";

/**
 * A federated data set as data: what another thread needs to open it. Can be cloned; large arrays lie in shared
 * memory, so that all threads read one copy.
 */
export type FederatedDataDescriptor = PooledData | OwnedData;

interface DescribedData {
	readonly numClients: number;
	readonly seed: string | number;
	/** The test set that nobody owns; no feature skew applies to it. */
	readonly centralTest: Examples;
	/** Feature skews of the clients, applied one after the other. */
	readonly featureSkews: readonly FeatureSkew[];
}

/** One loaded data set, divided by a table. */
export interface PooledData extends DescribedData {
	readonly kind: "pooled";
	readonly train: Examples;
	readonly table: PartitionTable;
	readonly drift?: DriftSchedule;
}

/** Clients whose examples are generated when they are selected; nothing is held for the others. */
export interface OwnedData extends DescribedData {
	readonly kind: "owned";
	readonly dataset: DatasetOptions;
	readonly baseFolder: string;
	readonly partition: NaturalPartition;
}

export type NaturalPartition = Extract<PartitionSettings, { readonly name: "natural" }>;

export interface FederatedDataSettings extends PartitionRequest {
	readonly dataset: DatasetOptions;
	/** Folder that relative paths of the scenario start from. */
	readonly baseFolder: string;
}

/**
 * Loads and divides the data of a scenario. A natural partition of a source that can generate one owner at a time
 * loads only the central test set. Throws `FlSimError` FL_DATA_... and FL_PARTITION_IMPOSSIBLE.
 */
export async function describeFederatedData(
	settings: FederatedDataSettings,
): Promise<FederatedDataDescriptor> {
	const { dataset, partition, numClients, seed, baseFolder } = settings;
	const source = dataSourceNamed(dataset.name);
	if (partition.name === "natural" && source.owners !== undefined) {
		const centralTest = source.owners(dataset, { seed, baseFolder }).centralTest();
		const featureSkews = skewsOf(partition, centralTest);
		checkTrainFraction(partition.split);
		return { kind: "owned", numClients, seed, centralTest, featureSkews, dataset, baseFolder, partition };
	}
	return describeLoadedData(await source.load(dataset, { seed, baseFolder }), settings);
}

/** Divides data that are in memory already. Throws FL_PARTITION_IMPOSSIBLE. */
export function describeLoadedData(data: LoadedData, request: PartitionRequest): PooledData {
	const { partition, numClients, seed } = request;
	const drift = partitionerNamed(partition.name).drift?.(partition);
	return {
		kind: "pooled",
		numClients,
		seed,
		centralTest: data.test,
		featureSkews: skewsOf(partition, data.train),
		train: data.train,
		table: partitionExamples(data.train, request),
		...(drift === undefined ? {} : { drift }),
	};
}

function skewsOf(partition: PartitionSettings, examples: Examples): FeatureSkew[] {
	const own = partitionerNamed(partition.name).featureSkew?.(partition);
	const skews = [own, partition.featureSkew].filter((skew) => skew !== undefined);
	for (const skew of skews) checkFeatureSkew(skew, examples);
	return skews;
}

import { type Examples, type ExampleView, type FederatedDataset, positionsOf } from "@fl-sim/core";
import type { OwnerGenerator } from "../source.ts";
import { dataSourceNamed } from "../sources.ts";
import type { FederatedDataDescriptor, OwnedData, PooledData } from "./descriptor.ts";
import { driftFraction } from "./drift.ts";
import { clientTransforms } from "./feature-skew.ts";
import { joinExamples } from "./joined-examples.ts";
import { emptyClient, splitOrder } from "./partition-table.ts";
import { splitCounts } from "./split.ts";

/** Opens a described data set; cheap, in any thread. Equal descriptors give equal examples. */
export function openFederatedData(descriptor: FederatedDataDescriptor): FederatedDataset {
	const { numClients, centralTest } = descriptor;
	const { featureShape, numClasses } = centralTest;
	return {
		numClients,
		featureShape,
		numClasses,
		centralTest: { examples: centralTest, indices: positionsOf(centralTest.numExamples) },
		...(descriptor.kind === "pooled" ? pooledClients(descriptor) : ownedClients(descriptor)),
	};
}

type Clients = Pick<FederatedDataset, "client" | "numTrainExamples">;

function pooledClients({ numClients, seed, train, table, featureSkews, drift }: PooledData): Clients {
	const { offsets, indices } = table;
	const { featureShape } = train;
	const transformOf = clientTransforms(featureSkews, { numClients, featureShape, seed });
	const rowLength = (row: number): number => {
		const length = (offsets[row + 1] as number) - (offsets[row] as number);
		return drift === undefined ? length : length / 2;
	};
	return {
		client(client, round) {
			const transform = transformOf(client);
			// Under drift a client sees a window, half as long as its row, that moves from the row's start to its end.
			const shift = drift === undefined ? 0 : driftFraction(drift, round);
			const view = (set: number): ExampleView => {
				const row = 3 * client + set;
				const length = rowLength(row);
				const start = (offsets[row] as number) + Math.round(shift * length);
				return viewOf(train, indices.subarray(start, start + length), transform);
			};
			return { train: view(0), validation: view(1), test: view(2) };
		},
		numTrainExamples: (client) => rowLength(3 * client),
	};
}

function ownedClients(descriptor: OwnedData): Clients {
	const { numClients, seed, centralTest, featureSkews, partition } = descriptor;
	const { ownersPerClient, split } = partition;
	const { featureShape } = centralTest;
	const transformOf = clientTransforms(featureSkews, { numClients, featureShape, seed });
	const generator = openGenerator(descriptor);
	const ownersOf = (client: number): number[] =>
		Array.from({ length: ownersPerClient }, (_, place) => client * ownersPerClient + place);
	return {
		client(client) {
			const [first, ...others] = ownersOf(client).map((owner) => generator.examples(owner));
			if (first === undefined) throw emptyClient(client, descriptor);
			const examples = joinExamples([first, ...others]);
			if (examples.numExamples === 0) throw emptyClient(client, descriptor);
			const { train, validation, test } = splitCounts(examples.numExamples, split);
			const order = splitOrder(positionsOf(examples.numExamples), client, seed);
			const transform = transformOf(client);
			const view = (from: number, length: number): ExampleView =>
				viewOf(examples, order.subarray(from, from + length), transform);
			return {
				train: view(0, train),
				validation: view(train, validation),
				test: view(train + validation, test),
			};
		},
		numTrainExamples(client) {
			const numExamples = ownersOf(client).reduce((total, owner) => total + generator.numExamples(owner), 0);
			return splitCounts(numExamples, split).train;
		},
	};
}

function openGenerator({ dataset, seed, baseFolder }: OwnedData): OwnerGenerator {
	const generator = dataSourceNamed(dataset.name).owners?.(dataset, { seed, baseFolder });
	if (generator === undefined) throw new TypeError(`the data set ${dataset.name} generates no owners`);
	return generator;
}

function viewOf(
	examples: Examples,
	indices: Uint32Array,
	transform: ExampleView["transform"] | undefined,
): ExampleView {
	return transform === undefined ? { examples, indices } : { examples, indices, transform };
}

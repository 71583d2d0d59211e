import { type Examples, randomStream, shuffle } from "@fl-sim/core";
import { partitionImpossible } from "../partition/impossible.ts";
import { type PartitionSettings, partitionerNamed } from "../partition/partitioners.ts";
import { type Split, splitCounts } from "./split.ts";

/**
 * Who owns which examples, in compressed rows in shared memory. Client k's training, validation and test positions are
 * rows 3k, 3k + 1 and 3k + 2; row r is `indices[offsets[r] .. offsets[r + 1])`. Under drift a row holds the examples from
 * before the transition, then as many from after it.
 */
export interface PartitionTable {
	/** `[3 * numClients + 1]` */
	readonly offsets: Uint32Array;
	readonly indices: Uint32Array;
}

export interface PartitionRequest {
	readonly partition: PartitionSettings;
	readonly numClients: number;
	readonly seed: string | number;
}

/** Divides a data set among clients and each client's part into its own three sets. Throws FL_PARTITION_IMPOSSIBLE. */
export function partitionExamples(examples: Examples, request: PartitionRequest): PartitionTable {
	const { partition, numClients, seed } = request;
	const { labels, numExamples, numClasses, owners, domains } = examples;
	checkTrainFraction(partition.split);
	if (numClients > numExamples) {
		throw partitionImpossible(`${numClients} clients, but only ${numExamples} examples`, {
			fix: `Lower clients.number to ${numExamples} or less.`,
			details: { numClients, numExamples },
		});
	}
	const random = randomStream(seed, "partition");
	const input = { labels, numClasses, owners, domains, numClients, random, options: partition };
	const lists = partitionerNamed(partition.name).divide(input);
	const rows: Uint32Array[] = [];
	for (let client = 0; client < numClients; client++) {
		const own: Uint32Array[] = [];
		for (let number = client; number < lists.length; number += numClients)
			own.push(lists[number] as Uint32Array);
		rows.push(...splitLists(own, client, request));
	}
	return compress(rows);
}

/** Throws FL_PARTITION_IMPOSSIBLE for a split that leaves nothing to train on. */
export function checkTrainFraction(split: Split): void {
	if (split.train > 0) return;
	throw partitionImpossible("split.train is 0, so that no client has a training example", {
		fix: "Set partition.split.train above 0.",
	});
}

/** The error for a client without examples. */
export function emptyClient(client: number, { numClients, partition }: PartitionRequest): Error {
	return partitionImpossible(
		`client ${client} of ${numClients} has no examples under "${partition.name}", hence 0 to train on`,
		{ fix: "Lower clients.number, or give each client a larger share.", details: { client, numClients } },
	);
}

/** Shuffles a client's positions, in place, into the order in which its training, validation and test sets take them. */
export function splitOrder(positions: Uint32Array, client: number, seed: string | number): Uint32Array {
	return shuffle(randomStream(seed, "split", client), positions);
}

function splitLists(lists: readonly Uint32Array[], client: number, request: PartitionRequest): Uint32Array[] {
	if (lists.some((list) => list.length === 0)) throw emptyClient(client, request);
	const parts = lists.map((list) => {
		const { train, validation, test } = splitCounts(list.length, request.partition.split);
		const ordered = splitOrder(list, client, request.seed);
		return [
			ordered.subarray(0, train),
			ordered.subarray(train, train + validation),
			ordered.subarray(train + validation, train + validation + test),
		];
	});
	return [0, 1, 2].map((set) => joined(parts.map((part) => part[set] as Uint32Array)));
}

function joined(lists: readonly Uint32Array[]): Uint32Array {
	const whole = new Uint32Array(lists.reduce((length, list) => length + list.length, 0));
	let filled = 0;
	for (const list of lists) {
		whole.set(list, filled);
		filled += list.length;
	}
	return whole;
}

function compress(rows: readonly Uint32Array[]): PartitionTable {
	const offsets = sharedUints(rows.length + 1);
	rows.forEach((row, number) => {
		offsets[number + 1] = (offsets[number] as number) + row.length;
	});
	const indices = sharedUints(offsets[rows.length] as number);
	rows.forEach((row, number) => {
		indices.set(row, offsets[number]);
	});
	return { offsets, indices };
}

function sharedUints(length: number): Uint32Array {
	return new Uint32Array(new SharedArrayBuffer(length * Uint32Array.BYTES_PER_ELEMENT));
}

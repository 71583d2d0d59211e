import type { RandomStream } from "@fl-sim/core";
import type { z } from "zod";
import type { DriftSchedule } from "../federated/drift.ts";
import { type FeatureSkew, featureSkewOptions } from "../federated/feature-skew.ts";
import { splitOptions } from "../federated/split.ts";

/** The fields that every partition has besides its own. */
export const partitionFields = {
	split: splitOptions.prefault({}).describe("Division of each client's examples"),
	featureSkew: featureSkewOptions.optional().describe("Feature skew beside this division"),
};

/** A strict object with the `partitionFields` whose field `name` is the literal that picks the partitioner. */
export type PartitionerSchema = z.ZodObject<{ name: z.ZodLiteral<string> } & typeof partitionFields>;

/** What a partitioner divides. */
export interface PartitionInput<Options> {
	/** Class of each example, `[numExamples]`. */
	readonly labels: Int32Array;
	readonly numClasses: number;
	/** Natural owner of each example, `[numExamples]`. */
	readonly owners?: Int32Array | undefined;
	/** Domain of each example, `[numExamples]`. */
	readonly domains?: Int32Array | undefined;
	/** At least 1 and at most the number of examples. */
	readonly numClients: number;
	readonly random: RandomStream;
	readonly options: Options;
}

/** A way to divide examples among clients. Equal inputs give equal divisions. */
export interface Partitioner<Schema extends PartitionerSchema = PartitionerSchema> {
	readonly name: string;
	/** One line for listings. */
	readonly title: string;
	/** The scenario's `partition`, with defaults and descriptions. */
	readonly options: Schema;
	/**
	 * Positions of the examples of each client, `[numClients]` lists in any order within a list. Throws `FlSimError`
	 * FL_PARTITION_IMPOSSIBLE, after a bounded number of draws at most, when the request cannot be met.
	 */
	divide(input: PartitionInput<z.output<Schema>>): readonly Uint32Array[];
	/** The feature skew that belongs to this partition. */
	featureSkew?(options: z.output<Schema>): FeatureSkew;
	/**
	 * For partitions that move over the rounds: `divide` then gives two lists of equal length for each client, those
	 * of all clients before the transition first, those after it next, `[2 * numClients]`.
	 */
	drift?(options: z.output<Schema>): DriftSchedule;
}

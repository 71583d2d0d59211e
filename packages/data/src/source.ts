import type { Examples } from "@fl-sim/core";
import type { z } from "zod";

/** A strict object whose field `name` is the literal that picks the source in a scenario. */
export type SourceSchema = z.ZodObject<{ name: z.ZodLiteral<string> }>;

/** What a source may know about the scenario besides its own options. */
export interface SourceContext {
	readonly seed: string | number;
	/** Folder that relative paths of the scenario start from. */
	readonly baseFolder: string;
}

/** A data set in memory. All typed arrays are in shared memory; nobody writes to them after loading. */
export interface LoadedData {
	readonly train: Examples;
	/** The test set that nobody owns: same feature shape and classes as `train`. */
	readonly test: Examples;
}

/**
 * Makes the data of one natural owner (writer, user, speaker) on demand, so that owners cost nothing until they
 * are selected. Equal calls give equal examples, in any thread and any order.
 */
export interface OwnerGenerator {
	/** Number of examples of an owner (0, 1, 2, ...), without making them. */
	numExamples(owner: number): number;
	examples(owner: number): Examples;
	centralTest(): Examples;
}

/** Where the examples of a scenario come from: a file reader or a generator. */
export interface DataSource<Schema extends SourceSchema = SourceSchema> {
	readonly name: string;
	/** One line for listings. */
	readonly title: string;
	/** The scenario's `dataset`, with defaults and descriptions. */
	readonly options: Schema;
	/** Throws `FlSimError` (FL_DATA_...) for missing, malformed or truncated data. */
	load(options: z.output<Schema>, context: SourceContext): Promise<LoadedData>;
	/** For sources with natural owners that can be made one at a time. */
	owners?(options: z.output<Schema>, context: SourceContext): OwnerGenerator;
}

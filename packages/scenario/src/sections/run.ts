import { z } from "zod";
import { byteSizePattern, parseByteSize } from "../byte-size.ts";

/** The scenario's `evaluation`. */
export const evaluationOptions = z.strictObject({
	every: z.int().min(1).default(1).describe("Rounds between two evaluations of the global model"),
	clients: z
		.union([z.int().min(0), z.literal("all")])
		.default(0)
		.describe("Clients on whose own test examples the global model is evaluated"),
	clientsEvery: z.int().min(1).default(5).describe("Rounds between two evaluations on clients"),
	batchSize: z.int().min(1).default(250).describe("Examples per batch; changes speed and memory only"),
});

/** The scenario's `stop`. */
export const stopOptions = z.strictObject({
	targetAccuracy: z
		.number()
		.gt(0)
		.max(1)
		.optional()
		.describe("Stop after the round that reaches this accuracy on the central test set"),
	byteBudget: z
		.union([
			z.int().min(1),
			z.string().regex(byteSizePattern).meta({ title: 'a size such as "100MB"' }).transform(parseByteSize),
		])
		.optional()
		.describe("Stop after the round in which the payload bytes, down and up, reach this: bytes or a size"),
});

/** The scenario's `output`. */
export const outputOptions = z.strictObject({
	folder: z.string().min(1).default("runs").describe("Folder in which each run gets a folder of its own"),
	checkpointEvery: z.int().min(1).default(1).describe("Rounds between two checkpoints"),
	report: z.boolean().default(true).describe("Write `report.html` at the end"),
});

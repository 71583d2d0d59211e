import { z } from "zod";

const probability = z.number().min(0).max(1);

const stragglers = z.strictObject({
	fraction: probability.default(0).describe("Share of the clients that are slow"),
	slowdown: z.number().min(1).default(3).describe("How many times longer a slow client takes for a step"),
	policy: z
		.enum(["drop", "partial"])
		.default("drop")
		.describe("At the deadline a slow client is dropped, or sends what it has done"),
});

/** The scenario's `system`: simulated devices and connections. */
export const systemOptions = z.strictObject({
	availability: z
		.number()
		.gt(0)
		.max(1)
		.default(1)
		.describe("Probability that a selected client can be reached"),
	dropout: probability.default(0).describe("Probability that a client is lost in the middle of a round"),
	stragglers: stragglers.prefault({}).describe("Slow clients"),
	secondsPerStep: z
		.number()
		.gt(0)
		.default(0.05)
		.describe("Simulated time of one local step on a client of normal speed"),
	deadlineSeconds: z
		.number()
		.gt(0)
		.optional()
		.describe("Simulated time after which a round no longer waits for clients"),
});

import { z } from "zod";

/** The scenario's `server`: rounds with clients on other machines. Simulations do without. */
export const serverOptions = z.strictObject({
	startWith: z
		.union([z.int().min(1), z.literal("all")])
		.default("all")
		.describe("Clients that must be connected before the first round"),
	minimumClients: z
		.int()
		.min(1)
		.default(1)
		.describe("Clients that must be connected for each later round; the server waits for them"),
	deadlineSeconds: z
		.number()
		.positive()
		.max(30 * 86_400)
		.default(600)
		.describe("Time that clients have for a task; who is later is left out of the round"),
	lateAnswers: z
		.enum(["reject", "keep"])
		.default("reject")
		.describe(
			"What becomes of answers after the deadline; `keep` counts them until the round has `minimumAnswers`",
		),
	minimumAnswers: z
		.int()
		.min(1)
		.default(1)
		.describe("Answers that a round waits for beyond its deadline, where late answers are kept"),
	graceSeconds: z
		.number()
		.min(0)
		.max(86_400)
		.default(30)
		.describe("Time that a client may be without connection and still count as there"),
	overSelection: z
		.number()
		.min(1)
		.max(10)
		.default(1)
		.describe("Selected clients per needed answer; 1.3 asks 30% more, and the last to answer are left out"),
	heartbeatSeconds: z
		.number()
		.min(0.05)
		.max(3600)
		.default(20)
		.describe("Longest silence on a connection; after 2.5 times as long it counts as dead"),
	maxExamples: z
		.int()
		.min(1)
		.optional()
		.describe("Most training examples that a client may say it has; more is refused"),
});

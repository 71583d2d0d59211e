import { type Examples, randomStream } from "@fl-sim/core";
import { z } from "zod";
import { sharedFloats } from "../../shared-arrays.ts";
import type { DataSource, OwnerGenerator, SourceContext } from "../../source.ts";
import { type OwnerRun, rowsOf } from "../owner-rows.ts";
import { featureDeviations, trueLabel, userModel, userSize } from "./user-model.ts";

const options = z.strictObject({
	name: z.literal("synthetic"),
	alpha: z
		.number()
		.min(0)
		.default(1)
		.describe("How much the users' models differ (standard deviation of u_k)"),
	beta: z
		.number()
		.min(0)
		.default(1)
		.describe("How much the users' features differ (standard deviation of B_k)"),
	iid: z
		.boolean()
		.default(false)
		.describe("Give all users the same model and feature mean; alpha and beta are ignored"),
	users: z.int().positive().default(30).describe("Number of users in the pooled data set"),
	dimension: z.int().positive().default(60).describe("Number of features"),
	classes: z.int().min(2).default(10).describe("Number of classes"),
	maxExamplesPerUser: z
		.int()
		.min(50)
		.optional()
		.describe("Upper bound of a user's examples; default: none, as published (sizes have a heavy tail)"),
});

type SyntheticOptions = z.output<typeof options>;

/** A user has one test example for this many training examples: the published 90 / 10 split. */
const trainPerTest = 9;

/**
 * Synthetic(alpha, beta) of FedProx (Li et al., MLSys 2020, section 5.1): `[60]` float features, 10 classes. Every user
 * has a softmax model and a feature mean of their own; sizes are log-normal, so classes are not balanced. The central
 * test set has fresh examples of the same users.
 */
export const synthetic: DataSource<typeof options> = {
	name: "synthetic",
	title: "Synthetic(alpha, beta): a softmax model and a feature mean for each user, 60 features, 10 classes",
	options,
	load: (chosen, context) =>
		Promise.resolve({
			train: examplesOf(allUsers(chosen, context, "train"), chosen, context),
			test: examplesOf(allUsers(chosen, context, "test"), chosen, context),
		}),
	owners: (chosen, context): OwnerGenerator => ({
		numExamples: (owner) => runOf(owner, chosen, context).count,
		examples: (owner) => examplesOf([runOf(owner, chosen, context)], chosen, context),
		centralTest: () => examplesOf(allUsers(chosen, context, "test"), chosen, context),
	}),
};

interface UserRun extends OwnerRun {
	readonly part: "train" | "test";
}

function runOf(owner: number, chosen: SyntheticOptions, context: SourceContext): UserRun {
	const count = userSize(randomStream(context.seed, "synthetic"), chosen, owner);
	return { owner, first: 0, count, part: "train" };
}

function allUsers(chosen: SyntheticOptions, context: SourceContext, part: "train" | "test"): UserRun[] {
	return Array.from({ length: chosen.users }, (_, user) => {
		const run = runOf(user, chosen, context);
		return part === "train" ? run : { ...run, part, count: Math.ceil(run.count / trainPerTest) };
	});
}

function examplesOf(runs: readonly UserRun[], chosen: SyntheticOptions, context: SourceContext): Examples {
	const random = randomStream(context.seed, "synthetic");
	const { dimension, classes } = chosen;
	const deviations = featureDeviations(dimension);
	const rows = rowsOf(
		runs,
		(numExamples) => sharedFloats(numExamples * dimension),
		(run: UserRun, { values, labels }, firstRow) => {
			const model = userModel(random, chosen, run.owner);
			const draws = random.derive(run.part, run.owner);
			for (let row = firstRow; row < firstRow + run.count; row++) {
				const features = values.subarray(row * dimension, (row + 1) * dimension);
				for (let j = 0; j < dimension; j++) {
					features[j] = (model.centre[j] as number) + (deviations[j] as number) * draws.normal();
				}
				labels[row] = trueLabel(model, features);
			}
		},
	);
	return {
		numExamples: rows.labels.length,
		featureShape: [dimension],
		features: { kind: "floats", values: rows.values },
		labels: rows.labels,
		numClasses: classes,
		owners: rows.owners,
	};
}

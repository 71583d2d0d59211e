import {
	bits,
	exampleCount,
	type FederatedAlgorithm,
	type Fold,
	numTrainable,
	personalEvaluationTask,
	type RoundContext,
	type Task,
	type Vector,
	vector,
	weightedMean,
} from "@fl-sim/core";
import { z } from "zod";
import { trainLocally } from "../local-training/train-locally.ts";
import { collaborators, gateThreshold, overlaps, type PairMatrix, spreadOf } from "./collaboration.ts";
import { criticalParameters } from "./critical-parameters.ts";
import { type Contribution, mergedModel } from "./merged-model.ts";

export const fedcacOptions = z.strictObject({
	name: z.literal("fedcac"),
	tau: z.number().min(0).max(1).default(0.5).describe("Share of each tensor that is critical"),
	beta: z
		.int()
		.min(1)
		.default(100)
		.describe("Round from which on only the most similar clients share critical parameters, later nobody"),
	gate: z
		.enum(["tightening", "open", "closed"])
		.default("tightening")
		.describe("tightening: as the paper; open: everybody shares with everybody; closed: nobody with anybody"),
});
type Options = z.output<typeof fedcacOptions>;

/** The global model, of which clients get what is not critical for them, `[d]`. */
type FedCacServer = { readonly global: Vector };

const nothing = {};
const noWork = { trainLoss: 0, numExamples: 0, steps: 0 };

/** A client goes on with its own model, and tells which of its parameters are critical. */
const train: Task<Options, typeof nothing, ReturnType<typeof uplinkOf>, Vector> = {
	down: () => nothing,
	up: (shape) => uplinkOf(numTrainable(shape.layout)),
	async run(context, _down, own) {
		const { params, report } = await trainLocally(context, own);
		const mask = criticalParameters(own, params, context.model.layout, context.options.tau);
		return { up: { params, mask, numExamples: report.numExamples }, client: params, report };
	},
};

const uplinkOf = (numParameters: number) => ({
	params: vector,
	mask: bits(numParameters),
	numExamples: exampleCount,
});

/** A client takes over the model that the server has merged for it. */
const takeOver: Task<Options, { params: typeof vector }, typeof nothing, Vector> = {
	down: () => ({ params: vector }),
	up: () => nothing,
	run: (_context, { params }) => Promise.resolve({ up: nothing, client: params.slice(), report: noWork }),
};

/** All contributions, in cohort order. */
const listed: Fold<Omit<Contribution, "client">, Contribution[], readonly Contribution[]> = {
	leaf: ({ params, mask, numExamples }, client) => [
		{ client, params: params.slice(), mask: mask.slice(), numExamples },
	],
	merge: (left, right) => [...left, ...right],
	finish: (all) => all,
};

const acknowledged: Fold<unknown, null, null> = { leaf: () => null, merge: () => null, finish: () => null };

/**
 * Parameters that non-IID data move much are critical: a client shares them only with clients whose critical parameters
 * are the same, with ever fewer of them, and all others with everybody.
 */
export const fedcac: FederatedAlgorithm<Options, FedCacServer, Vector> = {
	name: "fedcac",
	paper: {
		title:
			"Bold but Cautious: Unlocking the Potential of Personalized Federated Learning through Cautiously Aggressive Collaboration",
		authors: "Wu, Liu, Niu, Zhu, Tang",
		year: 2023,
		url: "https://arxiv.org/abs/2309.11103",
		notes:
			"As the authors' code does it where the paper leaves it open: sensitivity with the value after training, tensors " +
			"without movement wholly critical, an unweighted mean over collaborators beside a weighted global mean, running " +
			"statistics of each client's own. Under partial participation, which the paper does not treat, clients compare " +
			"with those of their round. The server optimizer has no part.",
	},
	options: fedcacOptions,
	tasks: {
		train,
		takeOver,
		evaluate: personalEvaluationTask<Options, typeof nothing, Vector>({
			down: () => nothing,
			model: (_context, _down, own) => own,
		}),
	},
	initServer: (_context, params) => ({ global: params }),
	initClient: (context) => context.initialParams(),
	params: ({ global }) => global,
	sendForEvaluation: () => nothing,

	async round(context, server) {
		const { aggregate: sent } = await context.exchange({
			task: "train",
			to: context.cohort,
			down: nothing,
			fold: listed,
		});
		if (sent === undefined) return server;
		const global = meanOf(sent);
		const matrix = overlaps(sent.map(({ mask }) => mask)); // O
		const threshold = thresholdOf(context, matrix); // Theta
		const groups = collaborators(matrix, threshold); // A_i
		measure(context, sent, { matrix, threshold, groups });
		const placeOf = new Map(sent.map(({ client }, place) => [client, place]));
		await context.exchange({
			task: "takeOver",
			to: sent.map(({ client }) => client),
			down(client) {
				const place = placeOf.get(client) as number;
				const group = (groups[place] as readonly number[]).map((each) => sent[each] as Contribution);
				return { params: mergedModel(sent[place] as Contribution, group, global, context.layout) };
			},
			fold: acknowledged,
		});
		return { global };
	},
};

/** Sum of n_i / n w_i over all coordinates, critical or not. */
function meanOf(sent: readonly Contribution[]): Vector {
	const fold = weightedMean<Contribution>(
		({ params }) => params,
		({ numExamples }) => numExamples,
	);
	const [first, ...others] = sent as readonly [Contribution, ...Contribution[]];
	const total = others.reduce(
		(sum, each) => fold.mergeLeaf(sum, each, each.client),
		fold.leaf(first, first.client),
	);
	return fold.finish(total).mean;
}

function thresholdOf({ options, round }: RoundContext<Options>, matrix: PairMatrix): number {
	if (options.gate === "open") return Number.NEGATIVE_INFINITY;
	if (options.gate === "closed") return Number.POSITIVE_INFINITY;
	return gateThreshold(matrix, round, options.beta);
}

/** What the report shows of a round. */
function measure(
	context: RoundContext<Options>,
	sent: readonly Contribution[],
	{
		matrix,
		threshold,
		groups,
	}: {
		readonly matrix: PairMatrix;
		readonly threshold: number;
		readonly groups: readonly (readonly number[])[];
	},
): void {
	const { mean, max } = spreadOf(matrix);
	const others = groups.reduce((sum, group) => sum + group.length - 1, 0);
	context.measure("collaborators per client", others / groups.length);
	context.measure("mean overlap of critical parameters", mean);
	context.measure("largest overlap of critical parameters", max);
	if (Number.isFinite(threshold)) context.measure("gate", threshold);
	context.measure("collaboration", {
		clients: sent.map(({ client }) => client),
		values: groups.map((group) => sent.map((_, j) => (group.includes(j) ? 1 : 0))),
	});
}

import { algorithmOptions, serverOptimizerOptions } from "@fl-sim/algorithms";
import { backendNames, modelOptions } from "@fl-sim/compute/options";
import { datasetOptions, partitionOptions } from "@fl-sim/data";
import { z } from "zod";
import { clientsOptions } from "./sections/clients.ts";
import { compressionOptions } from "./sections/compression.ts";
import { besideOtherIssues, exceeds, valueAt } from "./sections/rule.ts";
import { evaluationOptions, outputOptions, stopOptions } from "./sections/run.ts";
import { serverOptions } from "./sections/server.ts";
import { systemOptions } from "./sections/system.ts";

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,99}$/u;

const fields = z.strictObject({
	name: z
		.string()
		.regex(namePattern)
		.meta({ title: "a name of letters, digits, spaces, dots, dashes and underscores" })
		.default("scenario")
		.describe("Name of the run's folder and report; without it the file's name"),
	description: z.string().default("").describe("A sentence for listings and the report"),
	seed: z.int().min(0).default(1).describe("Everything random follows from it; equal seeds give equal runs"),
	dataset: datasetOptions.describe("Where the examples come from"),
	partition: partitionOptions
		.prefault({ name: "iid" })
		.describe("How the examples are divided among clients"),
	model: modelOptions.describe("The model that is trained"),
	clients: clientsOptions.describe("The population and how its clients train"),
	algorithm: algorithmOptions.prefault({ name: "fedavg" }).describe("The federated method"),
	compression: compressionOptions
		.optional()
		.describe("How vectors are compressed on their way; without it they travel as float32"),
	serverOptimizer: serverOptimizerOptions
		.prefault({ name: "sgd" })
		.describe("What the server does with the mean update of a round"),
	rounds: z.int().min(1).describe("Most rounds that are played"),
	evaluation: evaluationOptions.prefault({}).describe("When and on what the global model is evaluated"),
	stop: stopOptions.prefault({}).describe("Conditions that end the run before the last round"),
	system: systemOptions.prefault({}).describe("Simulated devices and connections"),
	server: serverOptions.prefault({}).describe("Rounds with clients on other machines, see fl-server"),
	output: outputOptions.prefault({}).describe("What is written where"),
	backend: z
		.enum(backendNames)
		.default("auto")
		.describe("What computes the models; `auto` takes the fastest one that loads"),
});

/**
 * A whole scenario with defaults. What it returns is plain JSON (shares and sizes are counts) and parses to
 * itself again.
 */
export const scenarioSchema = fields
	.refine((all) => !exceeds(valueAt(all, "evaluation", "clients"), valueAt(all, "clients", "number")), {
		...besideOtherIssues,
		path: ["evaluation", "clients"],
		error: "`evaluation.clients` is larger than `clients.number`, expected at most as many, or all",
	})
	.refine(
		(all) =>
			valueAt(all, "partition", "split", "test") !== 0 ||
			!asksForClients(valueAt(all, "evaluation", "clients")),
		{
			...besideOtherIssues,
			path: ["evaluation", "clients"],
			error: "`evaluation.clients` asks for clients' own test examples, but `partition.split.test` is 0",
		},
	)
	.refine(
		(all) =>
			valueAt(all, "algorithm", "name") !== "scaffold" ||
			valueAt(all, "clients", "optimizer", "name") !== "adam",
		{
			...besideOtherIssues,
			path: ["clients", "optimizer", "name"],
			error:
				"`clients.optimizer.name` is adam, but scaffold needs steps that are sums of gradients, expected sgd",
		},
	);

function asksForClients(clients: unknown): boolean {
	return clients === "all" || exceeds(clients, 0);
}

export type Scenario = z.output<typeof scenarioSchema>;

/** A scenario file: a scenario that may be laid over another file. */
export const scenarioFileSchema = z.strictObject({
	extends: z
		.string()
		.min(1)
		.optional()
		.describe("Scenario file that this one is laid over, relative to its folder"),
	...fields.shape,
});

/** `name` for a scenario that has none: the file's name without its ending. */
export function nameFromFile(file: string): string {
	const base = file.replace(/^.*[/\\]/, "").replace(/\.ya?ml$/i, "");
	const name = base.replaceAll(/[^\p{L}\p{N} ._-]/gu, "-").slice(0, 100);
	return namePattern.test(name) ? name : "scenario";
}

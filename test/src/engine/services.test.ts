import {
	type AnyAlgorithm,
	type FederatedAlgorithm,
	type Fold,
	type Service,
	type Task,
	type Vector,
	vector,
} from "@fl-sim/core";
import { playRun } from "@fl-sim/testkit";
import { expect, test } from "vitest";

const ask = { activations: vector } as const;
const answer = { gradient: vector } as const;
const body = { name: "body", ask: () => ask, answer: () => answer } as const;
const questions = 3;

const sum: Fold<{ readonly delta: Vector }, Vector, Vector> = {
	leaf: ({ delta }) => delta.slice(),
	merge: (left, right) => left.map((value, i) => value + (right[i] as number)),
	finish: (total) => total,
};

/**
 * The smallest conversation: in its task, a client asks the server for a gradient three times; the server holds a part
 * of the model for each client of the round.
 */
function splitAlgorithm(answered: number[][] = [], services: readonly Service[] = [body]): AnyAlgorithm {
	const train: Task<unknown, { params: typeof vector }, { delta: typeof vector }, null> = {
		down: () => ({ params: vector }),
		up: () => ({ delta: vector }),
		services,
		async run(context, { params }, client) {
			let delta = params;
			for (let i = 0; i < questions; i++) {
				({ gradient: delta } = await context.call(body, { activations: delta }));
			}
			return { up: { delta }, client, report: { trainLoss: 1, numExamples: 1, steps: questions } };
		},
	};
	const split: FederatedAlgorithm<unknown, Vector, null> = {
		name: "split",
		paper: { title: "", authors: "", year: 2026, url: "", notes: "" },
		options: { parse: (options) => options },
		tasks: { train },
		initServer: (_context, params) => params,
		initClient: () => null,
		params: (server) => server,
		async round(context, server) {
			const parts = new Map<number, number>();
			const { aggregate } = await context.exchange({
				task: "train",
				to: context.cohort,
				down: { params: server },
				fold: sum,
				serve: {
					body(client, { activations }) {
						const steps = (parts.get(client) ?? 0) + 1;
						parts.set(client, steps);
						answered.push([context.round, client, steps]);
						return {
							gradient: (activations as Vector).map((value) => 0.5 * value + steps / (client + 1)),
						};
					},
				},
			});
			return server.map((value, i) => value + 1e-3 * (aggregate?.[i] ?? 0));
		},
	};
	return split;
}

const settings = (algorithm: AnyAlgorithm, arrivalSeed?: number) => ({
	algorithm,
	options: {},
	plan: { rounds: 3, population: 6, cohortSize: 4 },
	...(arrivalSeed === undefined ? {} : { arrivalSeed }),
});

test("conversations give the same weights in any order of the clients, and their bytes are counted", async () => {
	const answered: number[][] = [];
	const alone = await playRun(settings(splitAlgorithm(answered)));
	expect(answered).toHaveLength(3 * 4 * questions);
	for (const arrivalSeed of [1, 2, 3]) {
		const other = await playRun(settings(splitAlgorithm(), arrivalSeed));
		expect(other.outcome.params).toEqual(alone.outcome.params);
	}
	const d = alone.outcome.params.byteLength;
	const replies = alone.events.filter((event) => event.type === "client.replied");
	expect(replies).toHaveLength(12);
	for (const { downBytes, upBytes } of replies) {
		expect(downBytes).toBe(d + questions * d);
		expect(upBytes).toBe(d + questions * d);
	}
});

test("a service that nobody offers fails the task and names it", async () => {
	await expect(playRun(settings(splitAlgorithm([], [])))).rejects.toThrow(
		/asks for the service body, which nobody offers/,
	);
});

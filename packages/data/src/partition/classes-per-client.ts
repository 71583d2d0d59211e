import { type RandomStream, sampleWithoutReplacement } from "@fl-sim/core";
import { z } from "zod";
import { deal, evenShares, positionsByKey, shuffleEach } from "./dealing.ts";
import { partitionImpossible } from "./impossible.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({
	name: z.literal("classes-per-client"),
	classes: z.int().min(1).default(2).describe("Number of classes of each client"),
	assignment: z
		.enum(["random", "cyclic"])
		.default("random")
		.describe(
			"random: class k mod K first, the others at random; cyclic: classes dealt in turn, K after each other",
		),
	...partitionFields,
});

/**
 * "#label = k" of NIID-Bench (Li et al. 2022): every client owns `classes` classes, and each class is divided equally
 * among its owners. With fewer clients than classes, a class may belong to nobody.
 */
export const classesPerClient: Partitioner<typeof options> = {
	name: "classes-per-client",
	title: "Classes per client: each client has a fixed number of classes",
	options,
	divide({ labels, numClasses, numClients, random, options: { classes, assignment } }) {
		const pools = shuffleEach(positionsByKey(labels, numClasses), random);
		const present = pools.flatMap((pool, label) => (pool.length > 0 ? [label] : []));
		if (classes > present.length) {
			throw partitionImpossible(
				`${classes} classes per client, but the examples have ${present.length} different classes`,
				{
					fix: `Set partition.classes to ${present.length} or less.`,
					details: { classes, numClasses: present.length },
				},
			);
		}
		const choose = assignment === "cyclic" ? cyclicClasses : randomClasses;
		const owners = pools.map((): number[] => []);
		for (let client = 0; client < numClients; client++) {
			for (const place of choose(client, { classes, numPresent: present.length, random })) {
				(owners[present[place] as number] as number[]).push(client);
			}
		}
		const shares = pools.map((pool, label) => {
			const share = Array.from({ length: numClients }, () => 0);
			const own = owners[label] as number[];
			const counts = own.length === 0 ? [] : evenShares(pool.length, own.length);
			own.forEach((client, place) => {
				share[client] = counts[place] as number;
			});
			return share;
		});
		return deal(pools, shares, numClients);
	},
};

interface ClassChoice {
	readonly classes: number;
	readonly numPresent: number;
	readonly random: RandomStream;
}

/** Like cards dealt in turn, so that the numbers of owners of two classes differ by at most 1. */
function cyclicClasses(client: number, { classes, numPresent }: ClassChoice): number[] {
	return Array.from({ length: classes }, (_, i) => (client * classes + i) % numPresent);
}

function randomClasses(client: number, { classes, numPresent, random }: ClassChoice): number[] {
	const first = client % numPresent;
	const others = sampleWithoutReplacement(random.derive("classes", client), numPresent - 1, classes - 1);
	return [first, ...others.map((place) => (place < first ? place : place + 1))];
}

import { FlSimError } from "@fl-sim/core";
import { expect, test } from "vitest";
import { describeLoadedData } from "../federated/descriptor.ts";
import { labelledExamples, partitionSettings } from "../federated/labelled-data.fixture.ts";
import { balancedLabels, divide } from "./divide.fixture.ts";

const small = { labels: balancedLabels(100, 4), numClasses: 4, numClients: 10 };

function mistakeOf(action: () => unknown): FlSimError {
	try {
		action();
	} catch (error) {
		if (error instanceof FlSimError) return error;
		throw error;
	}
	throw new Error("nothing was thrown");
}

function expectImpossible(action: () => unknown, message: RegExp, fix: RegExp): void {
	const mistake = mistakeOf(action);
	expect(mistake.code).toBe("FL_PARTITION_IMPOSSIBLE");
	expect(mistake.message).toMatch(message);
	expect(mistake.fix).toMatch(fix);
}

/** Describes 100 examples with the given labels for a partition section. */
function describe(
	section: Readonly<Record<string, unknown>>,
	numClients: number,
	data: { readonly featureShape?: readonly number[]; readonly labels?: Int32Array } = {},
): unknown {
	const examples = labelledExamples({ numExamples: 100, numClasses: 4, ...data });
	const partition = partitionSettings(section);
	return describeLoadedData({ train: examples, test: examples }, { partition, numClients, seed: 1 });
}

test("more clients than examples", () => {
	expectImpossible(
		() => describe({ name: "iid" }, 101),
		/101 clients, but only 100 examples/,
		/to 100 or less/,
	);
});

test("a minimum size that the examples do not suffice for", () => {
	const sections = [{ name: "dirichlet" }, { name: "quantity" }, { name: "long-tail", imbalanceFactor: 1 }];
	for (const section of sections) {
		expectImpossible(
			() => divide({ ...section, minSize: 11 }, small),
			/10 clients with at least 11 examples each need 110 examples, there are 100/,
			/minSize or clients.number/,
		);
	}
});

test("a minimum size that no draw reaches, after a bounded number of draws", () => {
	expectImpossible(
		() => divide({ name: "dirichlet", alpha: 0.01, minSize: 9 }, small),
		/none of 1000 draws for 10 clients and 100 examples gave every client 9 examples; the best gave at least \d/,
		/minSize to \d or less .*raise partition.alpha/,
	);
	expectImpossible(
		() => divide({ name: "quantity", sizes: "log-normal", sigma: 3, minSize: 9 }, small),
		/none of 1000 draws/,
		/lower partition.sigma/,
	);
});

test("the best minimum that the error names can be had", () => {
	const section = { name: "dirichlet", alpha: 0.1 };
	const mistake = mistakeOf(() => divide({ ...section, minSize: 9 }, small));
	const best = Number(mistake.details["best"]);
	expect(best).toBeGreaterThan(0);
	const lists = divide({ ...section, minSize: best }, small);
	expect(Math.min(...lists.map((list) => list.length))).toBe(best);
});

test("more classes per client than there are", () => {
	expectImpossible(
		() => divide({ name: "classes-per-client", classes: 5 }, small),
		/5 classes per client, but the examples have 4/,
		/classes to 4 or less/,
	);
});

test("more shards than examples", () => {
	expectImpossible(
		() => divide({ name: "shards", shardsPerClient: 11 }, small),
		/10 clients with 11 shards each need 110 examples, there are 100/,
		/shardsPerClient/,
	);
});

test("a natural partition without owners, or with too few", () => {
	expectImpossible(() => divide({ name: "natural" }, small), /who owns/, /owners/);
	const owners = small.labels;
	expectImpossible(
		() => divide({ name: "natural" }, { ...small, owners }),
		/need 10 owners, there are 4/,
		/to 4/,
	);
});

test("domains that are unknown, or more of them than clients", () => {
	expectImpossible(() => divide({ name: "domains" }, small), /which domain/, /domains/);
	const domains = small.labels;
	expectImpossible(
		() => divide({ name: "domains" }, { ...small, numClients: 3, domains }),
		/3 clients for 4 domains/,
		/to 4 or more/,
	);
});

test("drift with fewer than two examples per client", () => {
	expectImpossible(
		() => divide({ name: "label-drift" }, { ...small, numClients: 51 }),
		/51 clients/,
		/to 50/,
	);
});

test("a split without training examples, and a client without any", () => {
	expectImpossible(() => describe({ name: "iid", split: { train: 0 } }, 10), /split.train is 0/, /above 0/);
	const labels = Int32Array.from({ length: 100 }, (_, i) => Math.min(i, 3));
	expectImpossible(
		() => describe({ name: "classes-per-client", classes: 1 }, 8, { labels }),
		/client 4 of 8 has no examples under "classes-per-client"/,
		/clients.number/,
	);
});

test("feature skews that the features do not allow", () => {
	expectImpossible(
		() => describe({ name: "rotation" }, 10, { featureShape: [4] }),
		/rotation needs images .* the features are \[4\]/,
		/noise/,
	);
	const values = new Uint8Array(10);
	const tokens = {
		...labelledExamples({ numExamples: 10, numClasses: 2 }),
		features: { kind: "tokens" as const, values, vocabularySize: 4 },
	};
	const partition = partitionSettings({ name: "iid", featureSkew: { name: "noise" } });
	expectImpossible(
		() => describeLoadedData({ train: tokens, test: tokens }, { partition, numClients: 2, seed: 1 }),
		/cannot change tokens/,
		/Remove/,
	);
});

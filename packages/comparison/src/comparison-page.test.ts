import { expect, test } from "vitest";
import { compareRuns } from "./compare-runs.ts";
import { madeUpRun } from "./compared-run.fixture.ts";
import { comparisonPage } from "./comparison-page.ts";

const scenario = (epochs: number) => ({
	name: "small",
	dataset: { name: "glyphs" },
	algorithm: { name: "fedavg" },
	clients: { number: 10, localEpochs: epochs },
});
const runs = [1, 5].flatMap((epochs) =>
	[1, 2, 3].map((seed) => ({
		...madeUpRun(seed, scenario(epochs), { accuracies: [0.25, 0.5, 0.7], bytes: 100 * epochs }),
		folder: `runs/${epochs}-${seed}`,
	})),
);
const page = comparisonPage(runs, compareRuns(runs, { targets: [0.6] }), {
	name: "one & <all>",
	description: "Which is better?",
	version: "1.2.3",
	labels: new Map(runs.map(({ folder }) => [folder, folder.startsWith("runs/1") ? "<few>" : "many"])),
});

test("the page has every table and figure, and needs nothing from outside", () => {
	for (const title of [
		"Global model, central test set",
		"Spent by whole runs",
		"To a target",
		"Final accuracy by payload bytes",
		"Accuracy by round",
		"Accuracy by payload bytes",
		"Accuracy by simulated time",
	]) {
		expect(page).toContain(title);
	}
	expect(page).not.toMatch(/<script|src=|href=/);
});

test("names are text, never markup", () => {
	expect(page).toContain("one &amp; &lt;all&gt;");
	expect(page).toContain("&lt;few&gt;");
	expect(page).not.toContain("<few>");
});

test("settings are told apart: of each what differs, of all what does not", () => {
	const [, each = "", all = ""] = page.split(/<summary>Of (?:each|all)<\/summary>/);
	expect(each).toContain("clients.localEpochs: 5");
	expect(each).not.toContain("clients.number");
	expect(all).toContain("clients.number");
});

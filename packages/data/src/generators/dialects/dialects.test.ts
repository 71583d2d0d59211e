import type { Examples } from "@fl-sim/core";
import { expect, test } from "vitest";
import { dialects } from "./dialects.ts";
import { dialects as allDialects, alphabet, concepts, sentencePlans } from "./language.ts";

const context = { seed: 4, baseFolder: "." };

function load(options: object) {
	return dialects.load(dialects.options.parse({ name: "dialects", testExamples: 1, ...options }), context);
}

function textOf(tokens: Iterable<number>): string {
	return Array.from(tokens, (token) => alphabet[token]).join("");
}

/** Text of one owner from windows one character apart. */
function talkOf({ owners, labels }: Examples, owner: number): string {
	const rows = [...labels.keys()].filter((row) => owners?.[row] === owner);
	return textOf(rows.map((row) => labels[row] as number));
}

test("every word, spelling and sentence uses the alphabet alone", () => {
	const written = [
		...Object.values(concepts).flatMap((choices) => choices.flatMap((choice) => choice.split("|"))),
		...allDialects.flatMap((dialect) => dialect.spellings.map(([, to]) => to)),
		...sentencePlans.flatMap((plan) => plan.split(" ").filter((slot) => !(slot in concepts))),
	];
	const outside = written.filter((word) => Array.from(word).some((letter) => !alphabet.includes(letter)));
	expect(outside).toEqual([]);
	expect(alphabet.length).toBeLessThanOrEqual(64);
	expect(new Set(alphabet).size).toBe(alphabet.length);
});

test("a window's label is the character after it, and windows move on by the stride", async () => {
	const { train } = await load({ trainExamples: 30, speakers: 1, window: 10, stride: 1 });
	const windows = Array.from({ length: 30 }, (_, row) =>
		textOf(train.features.values.subarray(row * 10, row * 10 + 10)),
	);
	for (let row = 0; row + 1 < windows.length; row++) {
		expect(windows[row + 1]).toBe(`${windows[row]?.slice(1)}${alphabet[train.labels[row] as number]}`);
	}
	const wide = await load({ trainExamples: 10, speakers: 1, window: 10, stride: 3 });
	expect(textOf(wide.train.features.values.subarray(10, 20))).toBe(windows[3]);
});

test("features are one-hot rows of window characters", async () => {
	const { train } = await load({ trainExamples: 10, speakers: 2, window: 7 });
	expect(train.featureShape).toEqual([7, alphabet.length]);
	expect(train.features).toMatchObject({ kind: "tokens", vocabularySize: alphabet.length });
});

test("dialects spell differently and speakers of strength 0 do not", async () => {
	const wanted = { trainExamples: 10_000, speakers: 10, stride: 1 };
	const shareOf = (text: string, letters: string): number => text.split(letters).length / text.length;
	const { train } = await load({ ...wanted, strength: 1 });
	// "th" becomes "d" in the forest (owner 3), and stays in the town (owner 0).
	const forest = [3, 8].map((owner) => talkOf(train, owner)).join("");
	const town = [0, 5].map((owner) => talkOf(train, owner)).join("");
	expect(shareOf(forest, "th")).toBeLessThan(0.6 * shareOf(town, "th"));
	const plain = (await load({ ...wanted, strength: 0 })).train;
	expect(talkOf(plain, 3)).toMatch(/ the [a-z]+ /);
	expect(talkOf(plain, 3)).not.toMatch(/ de /);
});

test("speakers of one dialect still prefer words of their own", async () => {
	const { train } = await load({ trainExamples: 12_000, speakers: 2, dialects: 1, stride: 1 });
	const wordsOf = (owner: number): Set<string> => new Set(talkOf(train, owner).split(/[^a-z']+/));
	const [first, second] = [wordsOf(0), wordsOf(1)];
	const common = [...first].filter((word) => second.has(word));
	expect(common.length).toBeGreaterThan(20);
	expect(common.length / first.size).toBeLessThan(0.9);
});

test("owner k speaks dialect k mod the number of dialects", async () => {
	const { train } = await load({ trainExamples: 40, speakers: 7, dialects: 3 });
	expect(train.domainNames).toEqual(["town", "coast", "hill"]);
	expect(Array.from(train.domains ?? [])).toEqual(Array.from(train.owners ?? [], (owner) => owner % 3));
});

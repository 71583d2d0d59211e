import type { Examples } from "@fl-sim/core";
import { sharedBytes, sharedInts } from "../shared-arrays.ts";
import { dataError } from "./data-error.ts";
import { charactersOf, finishTokens, type Vocabulary, VocabularyBuilder } from "./vocabulary.ts";
import { readWholeText } from "./whole-text.ts";

export interface TextOptions {
	/** Characters that the model sees. */
	readonly window: number;
	/** Characters from the start of one window to the start of the next. */
	readonly stride: number;
	/** Speakers with fewer training examples are left out. */
	readonly minimumExamples: number;
	/** The last part of each speaker's text, of which the test set is made. */
	readonly testFraction: number;
}

/**
 * Reads plays in plain text: a line that ends in ':' after a blank line names the speaker of the lines that follow.
 * Windows of characters predict the next character of the same speaker; speakers become owners. The test set is made
 * of the last part of each speaker's text, so that no character is in both. Throws `FlSimError` for text without
 * speakers, and when no speaker has enough examples.
 */
export async function readText(
	file: string,
	options: TextOptions,
): Promise<{ train: Examples; test: Examples }> {
	const builder = new VocabularyBuilder();
	const speakers = [...speakersOf(await readWholeText(file))].map(([name, speech]) => {
		const tokens = Uint8Array.from(charactersOf(speech), (character) => builder.token(character, file));
		const split = Math.floor(tokens.length * (1 - options.testFraction));
		return { name, train: tokens.subarray(0, split), test: tokens.subarray(split) };
	});
	if (speakers.length === 0) {
		throw dataError({
			file,
			place: "line 1",
			found: "no speaker in the whole text",
			expected: "names of speakers: lines that end in ':' after a blank line",
		});
	}
	const kept = speakers.filter(({ train }) => numWindows(train, options) >= options.minimumExamples);
	const vocabulary = builder.finish();
	const ownerNames = kept.map(({ name }) => name);
	const train = windowsOf(
		kept.map(({ train }) => train),
		options,
		vocabulary,
	);
	const test = windowsOf(
		kept.map(({ test }) => test),
		options,
		vocabulary,
	);
	if (train.numExamples === 0 || test.numExamples === 0) {
		throw dataError({
			file,
			found: `${speakers.length} speakers, none with enough text`,
			expected: `${options.minimumExamples} training examples of ${options.window} characters, and test examples`,
			fix: "Lower `minimumExamples` or `window`, or raise `testFraction`.",
		});
	}
	return { train: { ...train, ownerNames }, test: { ...test, ownerNames } };
}

/** All that each speaker says, in the order of first appearance; text before the first speaker has none. */
function speakersOf(text: string): Map<string, string> {
	const lines = new Map<string, string[]>();
	let own: string[] | undefined;
	let afterBlank = true;
	for (const line of text.split("\n")) {
		const blank = line.trim() === "";
		if (afterBlank && line.endsWith(":") && line.length > 1) {
			const name = line.slice(0, -1);
			own = lines.get(name) ?? [];
			lines.set(name, own);
		} else if (!blank) {
			own?.push(line);
		}
		afterBlank = blank;
	}
	return new Map([...lines].map(([name, spoken]) => [name, spoken.map((line) => `${line}\n`).join("")]));
}

function numWindows(tokens: Uint8Array, { window, stride }: TextOptions): number {
	return tokens.length <= window ? 0 : Math.floor((tokens.length - window - 1) / stride) + 1;
}

/** Makes the examples of all owners; the final tokens are filled in here. */
function windowsOf(owned: readonly Uint8Array[], options: TextOptions, vocabulary: Vocabulary): Examples {
	const { window, stride } = options;
	const numExamples = owned.reduce((sum, tokens) => sum + numWindows(tokens, options), 0);
	const values = sharedBytes(numExamples * window);
	const labels = sharedInts(numExamples);
	const owners = sharedInts(numExamples);
	let example = 0;
	for (const [owner, tokens] of owned.entries()) {
		for (let start = 0; start + window < tokens.length; start += stride) {
			values.set(tokens.subarray(start, start + window), example * window);
			labels[example] = tokens[start + window] as number;
			owners[example] = owner;
			example++;
		}
	}
	finishTokens(values, vocabulary);
	finishTokens(labels, vocabulary);
	const vocabularySize = vocabulary.characters.length;
	return {
		numExamples,
		featureShape: [window, vocabularySize],
		features: { kind: "tokens", values, vocabularySize },
		labels,
		numClasses: vocabularySize,
		classNames: vocabulary.characters,
		owners,
	};
}

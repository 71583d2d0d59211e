import { categorical, dirichlet, type RandomStream } from "@fl-sim/core";
import { alphabet, concepts, type Dialect, sentencePlans } from "./language.ts";

/** How one person speaks. */
export interface Speaker {
	/** Frequency of each sentence plan, `[sentencePlans.length]`. */
	readonly plans: Float64Array;
	/** By category: what the person talks about and which words they use for it. */
	readonly vocabulary: ReadonlyMap<
		string,
		{ readonly words: readonly string[]; readonly frequencies: Float64Array }
	>;
	/** The person's spelling of the words that sentence plans hold themselves. */
	readonly spell: (word: string) => string;
}

/** What speakers are drawn from. `random` is the stream of the whole data set. */
export interface Community {
	readonly random: RandomStream;
	readonly dialects: readonly Dialect[];
	/** 0: all speak alike, 1: dialects and persons differ fully. */
	readonly strength: number;
}

/** Chance that a person follows the dialect in the choice of a word, at full strength. */
const loyalty = 0.8;

/** Person number k speaks dialect k mod D, where D is the number of dialects. */
export function drawSpeaker(community: Community, number: number): Speaker {
	const { random, dialects, strength } = community;
	const dialectNumber = number % dialects.length;
	const dialect = dialects[dialectNumber] as Dialect;
	const own = random.derive("speaker", number);
	const shared = random.derive("dialect", dialectNumber);
	const accent = strength * (0.5 + 0.5 * own.uniform());
	const spellings = dialect.spellings.filter(() => own.uniform() < accent);
	const spell = (text: string): string =>
		text
			.split(" ")
			.map((word) => spellings.reduce((written, [pattern, to]) => written.replace(pattern, to), word))
			.join(" ");
	const vocabulary = new Map(
		Object.entries(concepts).map(([category, choices]) => {
			const words = choices.map((choice) => {
				const synonyms = choice.split("|");
				const usual = shared.integer(synonyms.length);
				const other = own.integer(synonyms.length);
				const draw = own.uniform();
				const chosen = draw < strength * loyalty ? usual : draw < strength ? other : 0;
				return spell(synonyms[chosen] as string);
			});
			return [category, { words, frequencies: personalFrequencies(own, words.length, strength) }];
		}),
	);
	return { plans: personalFrequencies(own, sentencePlans.length, strength), vocabulary, spell };
}

/** Frequencies that fall with the rank (Zipf's law), shifted towards a person's own Dirichlet(1) draw. */
function personalFrequencies(random: RandomStream, length: number, strength: number): Float64Array {
	const own = dirichlet(
		random,
		Array.from({ length }, () => 1),
	);
	return own.map((share, rank) => (strength * share + (1 - strength / 2) / length) / Math.sqrt(rank + 1));
}

/** Lets a person talk. Written into `tokens`: ids of characters in `alphabet`, from the start of a sentence on. */
export function talk(random: RandomStream, speaker: Speaker, tokens: Uint8Array): void {
	let at = 0;
	while (at < tokens.length) {
		const sentence = `${sayOne(random, speaker)} `;
		for (let place = 0; place < sentence.length && at < tokens.length; place++) {
			tokens[at++] = alphabet.indexOf(sentence[place] as string);
		}
	}
}

function sayOne(random: RandomStream, speaker: Speaker): string {
	const plan = sentencePlans[categorical(random, speaker.plans)] as string;
	const words = plan.split(" ").map((slot) => {
		const category = speaker.vocabulary.get(slot);
		if (category === undefined) return speaker.spell(slot);
		return category.words[categorical(random, category.frequencies)] as string;
	});
	return words.join(" ").replaceAll(/ (?=[.,?!])/g, "");
}

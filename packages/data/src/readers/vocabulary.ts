import { dataError } from "./data-error.ts";

/** Tokens are stored as bytes. */
const mostCharacters = 256;

/** The code points of a text, each as a text. */
export function charactersOf(text: string): string[] {
	return Array.from(text);
}

/**
 * Numbers characters in the order in which they first occur; `finish` gives the final numbers, in the order of
 * their code points, so that they do not depend on the order of the data.
 */
export class VocabularyBuilder {
	readonly #ids = new Map<string, number>();

	/** Provisional token of a character (one code point). Throws FL_DATA_FORMAT for the 257th. */
	token(character: string, file: string): number {
		const known = this.#ids.get(character);
		if (known !== undefined) return known;
		const id = this.#ids.size;
		if (id === mostCharacters) {
			throw dataError({
				file,
				found: `more than ${mostCharacters} different characters`,
				expected: `at most ${mostCharacters}`,
				fix: "Reduce the alphabet of the text, for example to ASCII.",
			});
		}
		this.#ids.set(character, id);
		return id;
	}

	/** The characters in final order, and the final token of each provisional one. */
	finish(): Vocabulary {
		const characters = [...this.#ids.keys()].sort(
			(a, b) => (a.codePointAt(0) as number) - (b.codePointAt(0) as number),
		);
		const final = new Uint8Array(characters.length);
		for (const [token, character] of characters.entries()) final[this.#ids.get(character) as number] = token;
		return { characters, final };
	}
}

export interface Vocabulary {
	readonly characters: readonly string[];
	/** `final[provisional]`. */
	readonly final: Uint8Array;
}

/** Replaces provisional tokens by final ones, in place. */
export function finishTokens(tokens: Uint8Array | Int32Array, { final }: Vocabulary): void {
	for (let i = 0; i < tokens.length; i++) tokens[i] = final[tokens[i] as number] as number;
}

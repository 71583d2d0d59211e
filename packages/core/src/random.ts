import seedrandom from "seedrandom";

/**
 * A deterministic stream of random numbers. Streams are derived by name, so what one consumer draws never
 * moves another's stream, whatever the order or the thread in which they run.
 */
export interface RandomStream {
	/** An independent stream, named below this one. Does not advance this stream. */
	derive(...path: readonly (string | number)[]): RandomStream;
	/** Uniform over 0 .. 2^32 - 1. */
	uint32(): number;
	/** Uniform over [0, 1), with 53 random bits. */
	uniform(): number;
	/** Uniform over 0 .. bound - 1, without modulo bias; 1 <= bound <= 2^32. */
	integer(bound: number): number;
	/** Standard normal (Marsaglia's polar method). */
	normal(): number;
}

/** The root stream of a run. Seeds are integers or words; equal seeds give equal streams. */
export function randomStream(seed: string | number, ...path: readonly (string | number)[]): RandomStream {
	return new Xoshiro128([String(seed), ...path.map(String)].join("/"));
}

/** xoshiro128** (Blackman and Vigna, 2018), its four words drawn by seedrandom from the stream's name. */
class Xoshiro128 implements RandomStream {
	readonly #name: string;
	#isStarted = false;
	#a = 0;
	#b = 0;
	#c = 0;
	#d = 0;
	#spareNormal: number | undefined;

	constructor(name: string) {
		this.#name = name;
	}

	/** Not before the first draw: many streams are only there to derive others from. */
	#start(): void {
		this.#isStarted = true;
		const words = seedrandom(this.#name);
		this.#a = words.int32();
		this.#b = words.int32();
		this.#c = words.int32();
		this.#d = words.int32() | 1; // never all zero, the one state that the generator cannot leave
	}

	derive(...path: readonly (string | number)[]): RandomStream {
		return new Xoshiro128([this.#name, ...path.map(String)].join("/"));
	}

	uint32(): number {
		if (!this.#isStarted) this.#start();
		const product = Math.imul(this.#b, 5);
		const result = Math.imul((product << 7) | (product >>> 25), 9);
		const shifted = this.#b << 9;
		this.#c ^= this.#a;
		this.#d ^= this.#b;
		this.#b ^= this.#c;
		this.#a ^= this.#d;
		this.#c ^= shifted;
		this.#d = (this.#d << 11) | (this.#d >>> 21);
		return result >>> 0;
	}

	uniform(): number {
		const high = this.uint32() >>> 5;
		const low = this.uint32() >>> 6;
		return (high * 67108864 + low) / 9007199254740992;
	}

	integer(bound: number): number {
		if (!(bound >= 1)) throw new RangeError(`a random integer below ${bound}, expected a bound of 1 or more`);
		const limit = 4294967296 - (4294967296 % bound);
		for (;;) {
			const word = this.uint32();
			if (word < limit) return word % bound;
		}
	}

	normal(): number {
		const spare = this.#spareNormal;
		if (spare !== undefined) {
			this.#spareNormal = undefined;
			return spare;
		}
		for (;;) {
			const x = 2 * this.uniform() - 1;
			const y = 2 * this.uniform() - 1;
			const square = x * x + y * y;
			if (square < 1 && square > 0) {
				const scale = Math.sqrt((-2 * Math.log(square)) / square);
				this.#spareNormal = y * scale;
				return x * scale;
			}
		}
	}
}

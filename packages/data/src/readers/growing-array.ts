const blockLength = 1 << 16;

type Values = Uint8Array | Float32Array | Int32Array;

/** Collects numbers of which it is not known how many will come; `finish` moves them into one array. */
export class GrowingArray<Kind extends Values> {
	readonly #allocate: (length: number) => Kind;
	readonly #full: Kind[] = [];
	#block: Kind;
	#used = 0;

	/** `allocate` makes the blocks and the final array, for example `sharedFloats`. */
	constructor(allocate: (length: number) => Kind) {
		this.#allocate = allocate;
		this.#block = allocate(blockLength);
	}

	get length(): number {
		return this.#full.length * blockLength + this.#used;
	}

	push(value: number): void {
		if (this.#used === blockLength) this.#startBlock();
		this.#block[this.#used++] = value;
	}

	pushAll(values: Kind): void {
		for (let from = 0; from < values.length; ) {
			if (this.#used === blockLength) this.#startBlock();
			const part = values.subarray(from, from + blockLength - this.#used);
			this.#block.set(part, this.#used);
			this.#used += part.length;
			from += part.length;
		}
	}

	/** All numbers in order. The blocks are given up one by one, so that memory does not double. */
	finish(): Kind {
		const all = this.#allocate(this.length);
		const last = this.#block.subarray(0, this.#used);
		all.set(last, this.#full.length * blockLength);
		for (let block = this.#full.pop(); block !== undefined; block = this.#full.pop()) {
			all.set(block, this.#full.length * blockLength);
		}
		this.#used = 0;
		return all;
	}

	#startBlock(): void {
		this.#full.push(this.#block);
		this.#block = this.#allocate(blockLength);
		this.#used = 0;
	}
}

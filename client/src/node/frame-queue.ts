/** Frames that have come and wait to be read, one reader. */
export class FrameQueue implements AsyncIterable<Uint8Array> {
	readonly #frames: Uint8Array[] = [];
	readonly #onRoom: () => void;
	#wake: (() => void) | undefined;
	#hasEnded = false;

	/** @param onRoom called when a full queue is empty again */
	constructor(onRoom: () => void) {
		this.#onRoom = onRoom;
	}

	/** Returns whether there is room for more. */
	push(frame: Uint8Array): boolean {
		this.#frames.push(frame);
		this.#wake?.();
		return this.#frames.length < 8;
	}

	/** No more will come; what is there is still read. */
	end(): void {
		this.#hasEnded = true;
		this.#wake?.();
	}

	async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
		for (;;) {
			const frame = this.#frames.shift();
			if (frame !== undefined) {
				if (this.#frames.length === 0) this.#onRoom();
				yield frame;
			} else if (this.#hasEnded) {
				return;
			} else {
				await new Promise<void>((resolve) => {
					this.#wake = resolve;
				});
			}
		}
	}
}

import { Session } from "node:inspector/promises";

type Range = readonly [start: number, end: number];

/** Which parts of the project's own sources have run, as V8 counts blocks. */
export class Coverage {
	readonly #session = new Session();
	/** What has not run yet, by function. */
	#missing = new Map<string, readonly Range[]>();
	readonly #sizes = new Map<string, number>();

	async start(): Promise<void> {
		this.#session.connect();
		await this.#session.post("Profiler.enable");
		await this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
	}

	/** Notes what has run since the last time; returns whether some of it never had before. */
	async take(): Promise<boolean> {
		const { result } = await this.#session.post("Profiler.takePreciseCoverage");
		let isNew = false;
		for (const { url, functions } of result) {
			if (!isOwn(url)) continue;
			for (const { functionName, ranges } of functions) {
				const [whole, ...blocks] = ranges;
				if (whole === undefined || whole.count === 0) continue;
				const key = `${url} ${functionName} ${whole.startOffset}`;
				const known = this.#missing.get(key);
				this.#sizes.set(key, whole.endOffset - whole.startOffset);
				const notRun = blocks.filter(({ count }) => count === 0);
				const missing = common(
					known ?? [[whole.startOffset, whole.endOffset]],
					notRun.map(({ startOffset, endOffset }) => [startOffset, endOffset]),
				);
				isNew ||= known === undefined || length(missing) < length(known);
				this.#missing.set(key, missing);
			}
		}
		return isNew;
	}

	/** What is known now. */
	snapshot(): ReadonlyMap<string, readonly Range[]> {
		return new Map(this.#missing);
	}

	/** Forgets what has run since a snapshot was taken. */
	async restore(snapshot: ReadonlyMap<string, readonly Range[]>): Promise<void> {
		await this.take();
		this.#missing = new Map(snapshot);
	}

	/** Functions that have run, and the share of their characters that has. */
	get summary(): { readonly functions: number; readonly share: number } {
		const missing = [...this.#missing.values()].reduce((sum, ranges) => sum + length(ranges), 0);
		const size = [...this.#sizes.values()].reduce((sum, each) => sum + each, 0);
		return { functions: this.#missing.size, share: 1 - missing / size };
	}
}

function isOwn(url: string): boolean {
	return (
		/\/(server|client|packages\/(protocol|core|wire|engine))\/src\//.test(url) &&
		!/\.(test|fixture)\.ts$/.test(url)
	);
}

/** The parts that both lists have. */
function common(one: readonly Range[], other: readonly Range[]): readonly Range[] {
	return one.flatMap(([start, end]) =>
		other
			.map(([from, to]): Range => [Math.max(start, from), Math.min(end, to)])
			.filter(([from, to]) => from < to),
	);
}

/** Characters in a list of ranges, some of which lie in others. */
function length(ranges: readonly Range[]): number {
	let end = 0;
	let sum = 0;
	for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
		sum += Math.max(0, to - Math.max(from, end));
		end = Math.max(end, to);
	}
	return sum;
}

import { FlSimError } from "@fl-sim/core";

/** Most memory that this process may take. */
export interface MemoryLimit {
	/** @throws FL_CLIENT_MEMORY when so many bytes more would exceed the limit */
	check(moreBytes: number): void;
}

/** A limit on resident memory, which counts what worker threads, models and data take; none without `maxBytes`. */
export function memoryLimit(
	maxBytes: number | undefined,
	residentBytes: () => number = () => process.memoryUsage.rss(),
): MemoryLimit {
	return {
		check(moreBytes) {
			if (maxBytes === undefined) return;
			const resident = residentBytes();
			if (resident + moreBytes <= maxBytes) return;
			throw new FlSimError(
				"FL_CLIENT_MEMORY",
				`the client takes ${megabytes(resident)} of memory and needs ${megabytes(moreBytes)} more for this task, its limit is ${megabytes(maxBytes)}`,
				{ fix: "Raise --memory-limit, or play fewer clients in this process." },
			);
		},
	};
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(0)} MB`;
}

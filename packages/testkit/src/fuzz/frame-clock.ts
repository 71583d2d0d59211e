/** Milliseconds that something took. */
export interface Took {
	readonly milliseconds: number;
	/** What it kept processors busy, in all threads: tells work from waiting for a processor. */
	readonly busyMilliseconds: number;
}

/** Starts to measure; what it returns ends that. */
export function startClock(): () => Took {
	const busyBefore = process.cpuUsage();
	const begun = performance.now();
	return () => {
		const milliseconds = performance.now() - begun;
		const { user, system } = process.cpuUsage(busyBefore);
		return { milliseconds, busyMilliseconds: (user + system) / 1000 };
	};
}

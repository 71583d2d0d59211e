/** Listens for SIGINT and SIGTERM: the first one asks to leave, the second ends the process. */
export function leaveOnSignal(): { readonly signal: AbortSignal; close(): void } {
	const leave = new AbortController();
	const onSignal = (): void => {
		if (leave.signal.aborted) process.exit(130);
		leave.abort();
	};
	process.on("SIGINT", onSignal);
	process.on("SIGTERM", onSignal);
	return {
		signal: leave.signal,
		close() {
			process.off("SIGINT", onSignal);
			process.off("SIGTERM", onSignal);
		},
	};
}

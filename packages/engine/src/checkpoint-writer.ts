import type { RunEvent } from "@fl-sim/core";

/** Writes one checkpoint at a time while the run goes on. */
export interface CheckpointWriter<Snapshot extends { readonly round: number }> {
	/** Starts to write a snapshot, whose values nobody changes any more, once the one before is on disk. */
	write(snapshot: Snapshot): Promise<void>;
	/** Waits for what is under way. Throws what went wrong with it. */
	settle(): Promise<void>;
}

/**
 * `save` resolves to a file's name when it is on disk. `checkpoint.written` is told before the next checkpoint is
 * begun, or by `settle`: so the order of a run's events does not depend on the disk.
 */
export function checkpointWriter<Snapshot extends { readonly round: number }>(
	save: (snapshot: Snapshot) => Promise<string>,
	emit: (event: RunEvent) => void,
): CheckpointWriter<Snapshot> {
	let underWay: { readonly round: number; readonly file: Promise<string> } | undefined;

	async function settle(): Promise<void> {
		if (underWay === undefined) return;
		const { round, file } = underWay;
		underWay = undefined;
		emit({ type: "checkpoint.written", round, file: await file });
	}

	return {
		async write(snapshot) {
			await settle();
			const file = save(snapshot);
			// A failure is thrown where somebody waits for it.
			file.catch(() => undefined);
			underWay = { round: snapshot.round, file };
		},
		settle,
	};
}

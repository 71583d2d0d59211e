import type { RunEvent } from "@fl-sim/core";

/** Writes what happens in a run, as it happens. */
export interface RunRecorder {
	/**
	 * Appends an event and the rows that follow from it. On disk, whatever happens, after the next `flush` or the
	 * next round at the latest. A second `run.started`, of a resumed run, is not written: `run.json` tells of it.
	 *
	 * @throws FL_RUN_WRITE when the disk is full or fails; from then on every call throws the same error.
	 */
	record(event: RunEvent): void;
	/** Returns when everything recorded is on disk. Call it before a checkpoint is written. */
	flush(): void;
	/** Flushes, writes `metrics.parquet` and closes the files. After a failed write it only closes them. */
	close(): Promise<void>;
}

/** Opens the recorder of a new or a resumed run; the latter after `truncateToRound`. */
export function createRunRecorder(folder: string): RunRecorder {
	throw new Error(folder);
}

import type { RunEvent } from "@fl-sim/core";
import { openAppendFile } from "./append-file.ts";
import { encodeEvent } from "./event-lines.ts";
import { writeMetricsParquet } from "./export/metrics-parquet.ts";
import { runFile } from "./run-files.ts";
import { openRunTables } from "./run-tables.ts";

/** Writes what happens in a run, as it happens. */
export interface RunRecorder {
	/**
	 * Appends an event and the rows that follow from it. The system has it after the next `flush`, or when the next
	 * round starts, and puts it on disk then; rounds shorter than that share one sync. The `run.started` of a resumed run is not written: `run.json` tells of it.
	 *
	 * @throws FL_RUN_WRITE when the disk is full or fails; from then on every call throws the same error.
	 */
	record(event: RunEvent): void;
	/** Resolves when everything recorded so far is on disk. Await it before a checkpoint is written. */
	flush(): Promise<void>;
	/** Flushes, writes `metrics.parquet` and closes the files. After a failed write it only closes them. */
	close(): Promise<void>;
}

/** Opens the recorder of a new run, or, after `truncateToRound`, of a resumed one. @throws FL_RUN_WRITE */
export function createRunRecorder(folder: string): RunRecorder {
	const events = openAppendFile(folder, runFile(folder, "events"), "a");
	const tables = openRunTables(folder, "a");
	let failure: unknown;
	let isRoundUnsynced = false;
	let numSyncing = 0;
	let syncs: Promise<void> = Promise.resolve();

	function guard(action: () => void): void {
		if (failure !== undefined) throw failure;
		try {
			action();
		} catch (error) {
			failure = error;
			throw error;
		}
	}

	function write(): void {
		events.write();
		tables.write();
	}

	/** Hands everything to the system and has it put on disk, while the run goes on. */
	function flush(): Promise<void> {
		isRoundUnsynced = false;
		guard(write);
		numSyncing += 1;
		const flushed = events
			.sync()
			.catch((error: unknown) => {
				failure ??= error;
				throw failure;
			})
			.finally(() => {
				numSyncing -= 1;
			});
		syncs = Promise.allSettled([syncs, flushed]).then(() => undefined);
		return flushed;
	}

	function record(event: RunEvent): void {
		if (event.type === "run.started" && event.resumedAfterRound !== undefined) return;
		// At most one sync a round: evaluations follow `round.finished`, so it is done as the next round starts.
		if (event.type === "round.started" && isRoundUnsynced) {
			if (numSyncing === 0) flush().catch(() => undefined);
			else write();
		}
		events.append(encodeEvent(event));
		tables.record(event);
		if (event.type === "round.finished") isRoundUnsynced = true;
	}

	return {
		record: (event) => guard(() => record(event)),
		flush: async () => await flush(),
		async close() {
			const isIntact = failure === undefined;
			try {
				if (isIntact) {
					guard(() => tables.finish());
					await flush();
				}
			} finally {
				await syncs;
				events.close();
				tables.close();
			}
			if (isIntact) await writeMetricsParquet(folder);
		},
	};
}

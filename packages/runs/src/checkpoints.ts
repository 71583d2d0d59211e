import type { StateValue } from "@fl-sim/core";

export interface Checkpoint {
	readonly round: number;
	readonly state: StateValue;
}

export interface ReadCheckpoint extends Checkpoint {
	/** Path inside the run folder. */
	readonly file: string;
	/** One sentence for each newer checkpoint that was damaged and therefore passed over. */
	readonly warnings: readonly string[];
}

/**
 * Writes `checkpoints/round-000012.safetensors` in one step, then removes all but the newest `keep`. A crash or a
 * full disk at any moment leaves the checkpoints before it intact.
 *
 * @returns the path of the file inside the run folder.
 * @throws FL_RUN_WRITE
 */
export function writeCheckpoint(
	folder: string,
	checkpoint: Checkpoint,
	options: { readonly keep?: number } = {},
): Promise<string> {
	return Promise.reject(new Error(`${folder}${checkpoint.round}${String(options)}`));
}

/**
 * The newest checkpoint whose content is what was written; undefined when the run has none yet.
 *
 * @throws FL_RUN_CHECKPOINT_CORRUPT when there are checkpoints and all are damaged.
 */
export function readLatestCheckpoint(folder: string): Promise<ReadCheckpoint | undefined> {
	return Promise.reject(new Error(folder));
}

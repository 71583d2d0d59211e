import { namesIn } from "./folder-names.ts";
import { runFile, runFiles } from "./run-files.ts";

/** Path of a round's checkpoint inside the run folder. */
export function checkpointName(round: number): string {
	return `${runFiles.checkpoints}/round-${String(round).padStart(6, "0")}.safetensors`;
}

/**
 * Rounds that have a checkpoint, in ascending order; whether they can be read is not looked at.
 *
 * @throws FL_RUN_FOLDER when the folder cannot be listed.
 */
export function checkpointRounds(folder: string): readonly number[] {
	return namesIn(runFile(folder, "checkpoints"))
		.flatMap((name) => {
			const digits = /^round-(\d{6,})\.safetensors$/.exec(name)?.[1];
			return digits === undefined ? [] : [Number(digits)];
		})
		.sort((a, b) => a - b);
}

/**
 * Takes a run folder back to the end of `round`: events and rows of later rounds, torn last lines, the events that
 * ended the run and newer checkpoints go away. Round 0 takes away everything recorded: such a run starts anew.
 *
 * @returns one sentence for everything the user should know, such as events missing before `round`.
 */
export function truncateToRound(
	folder: string,
	round: number,
): Promise<{ readonly warnings: readonly string[] }> {
	return Promise.reject(new Error(`${folder}${round}`));
}

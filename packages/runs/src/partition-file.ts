/** Writes `partition.json`: plain data that describes who owns what. */
export function writePartition(folder: string, summary: object): Promise<void> {
	return Promise.reject(new Error(`${folder}${String(summary)}`));
}

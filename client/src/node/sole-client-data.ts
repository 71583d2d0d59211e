import { describeLoadedData, joinExamples, type LoadedData, type PooledData, type Split } from "@fl-sim/data";

export interface SoleClient {
	readonly client: number;
	/** Clients of the whole run, of which only this one has data here. */
	readonly numClients: number;
	readonly split: Split;
	readonly seed: string | number;
}

/**
 * Data that one client has to itself, as those of a federation in which nobody else has any: the client keeps its
 * number, from which its random streams follow. Nothing simulated is done to them: no skew and no drift.
 */
export function soleClientData({ train, test }: LoadedData, sole: SoleClient): PooledData {
	const { client, numClients, split, seed } = sole;
	const all = joinExamples([train, test]);
	const settings = { partition: { name: "iid", split } as const, numClients: 1, seed };
	const alone = describeLoadedData({ train: all, test }, settings);
	const population = Math.max(numClients, client + 1);
	const offsets = new Uint32Array(3 * population + 1);
	// Rows of clients before this one are empty, and so are those after it.
	offsets.set(alone.table.offsets, 3 * client);
	offsets.fill(alone.table.indices.length, 3 * client + 4);
	return { ...alone, numClients: population, table: { ...alone.table, offsets } };
}

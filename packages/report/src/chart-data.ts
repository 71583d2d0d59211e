/** A column of numbers; null where there is no value. */
export type Column = readonly (number | null)[];

/** The numbers that the page's script draws and offers for download, as columns of equal length. */
export interface ChartData {
	/** Start of the names of downloaded files. */
	readonly fileName: string;
	readonly rounds: {
		readonly round: readonly number[];
		readonly accuracy: Column;
		readonly testLoss: Column;
		readonly trainLoss: Column;
		readonly replied: Column;
		readonly lost: Column;
		readonly downBytes: Column;
		readonly upBytes: Column;
		/** Both directions since the start. */
		readonly totalBytes: Column;
		readonly simulatedSeconds: Column;
		readonly totalSimulatedSeconds: Column;
		readonly wallSeconds: Column;
		readonly totalWallSeconds: Column;
	};
	/** One row for each round in which clients were evaluated. */
	readonly clientRounds: {
		readonly round: readonly number[];
		readonly numClients: Column;
		readonly mean: Column;
		readonly median: Column;
		readonly worstDecile: Column;
		readonly bestDecile: Column;
		readonly standardDeviation: Column;
		readonly jainIndex: Column;
	};
	/** Clients in each bin of accuracy, a row for each of `clientRounds`. */
	readonly histograms: readonly (readonly number[])[];
	/** The clients of the last evaluation. */
	readonly lastClients: {
		readonly client: readonly number[];
		readonly accuracy: Column;
		readonly loss: Column;
		readonly numExamples: Column;
	};
}

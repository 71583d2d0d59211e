import { FlSimError } from "@fl-sim/core";

/** The error of a request that no draw can satisfy. */
export function partitionImpossible(
	message: string,
	options: { readonly fix: string; readonly details?: Readonly<Record<string, string | number>> },
): FlSimError {
	return new FlSimError("FL_PARTITION_IMPOSSIBLE", `Impossible partition: ${message}`, options);
}

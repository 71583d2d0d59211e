import type { RunEvent } from "@fl-sim/core";

/** Evaluates all clients of a small problem after each round. */
export const everybody = { every: 1, clients: 7, clientsEvery: 1, batchSize: 16 };

/** The events of one type, in order. */
export function ofType<Type extends RunEvent["type"]>(
	events: readonly RunEvent[],
	type: Type,
): Extract<RunEvent, { type: Type }>[] {
	return events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
}

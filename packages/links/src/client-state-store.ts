import { FlSimError, type StateValue } from "@fl-sim/core";
import type { ClientStates } from "@fl-sim/engine";

/** The own states of simulated clients, between their tasks. Stateless clients take no room. */
export interface ClientStateStore extends ClientStates {
	get(client: number): StateValue | undefined;
	set(client: number, state: StateValue): void;
}

export function createClientStateStore(): ClientStateStore {
	const states = new Map<number, StateValue>();
	return {
		get: (client) => states.get(client),
		set(client, state) {
			if (state !== null) states.set(client, state);
		},
		snapshot() {
			const clients = [...states.keys()].sort((a, b) => a - b);
			return {
				clients: Uint32Array.from(clients),
				states: clients.map((client) => states.get(client) ?? null),
			};
		},
		restore(snapshot) {
			const { clients, states: restored } = partsOf(snapshot);
			states.clear();
			for (const [i, client] of clients.entries()) states.set(client, restored[i] ?? null);
		},
	};
}

function partsOf(snapshot: StateValue): { clients: Uint32Array; states: readonly StateValue[] } {
	if (snapshot !== null && typeof snapshot === "object" && "clients" in snapshot && "states" in snapshot) {
		const { clients, states } = snapshot;
		if (clients instanceof Uint32Array && Array.isArray(states)) return { clients, states };
	}
	throw new FlSimError("FL_RUN_CHECKPOINT_CORRUPT", "the checkpoint holds no client states where it should", {
		fix: "A run of fl-server goes on with `fl-server resume`.",
	});
}

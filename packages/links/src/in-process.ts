import { setImmediate } from "node:timers/promises";
import { createClientStateStore } from "./client-state-store.ts";
import { type ClientPlace, nobodyServes, type SimulatedClients } from "./simulated-clients.ts";

/** Plays all clients in this thread, one after the other. */
export function inProcessClients(place: ClientPlace): SimulatedClients {
	const clientStates = createClientStateStore();
	const play: SimulatedClients["play"] = async (request, state, signal, serve = nobodyServes) => {
		await setImmediate(); // training does not yield: let signals and timers through between clients
		signal.throwIfAborted();
		return await place.host(request, state, serve);
	};
	return {
		play,
		clientStates,
		notes: place.notes,
		stepBytes: place.stepBytes,
		link: {
			concurrency: 1,
			allocate: (byteLength) => new Uint8Array(byteLength),
			async exchange(request, signal, serve) {
				const { reply, state } = await play(request, clientStates.get(request.client), signal, serve);
				clientStates.set(request.client, state);
				return reply;
			},
		},
		evaluator: {
			async evaluate(params, jobs, signal) {
				const results = [];
				for (const job of jobs) {
					await setImmediate();
					signal.throwIfAborted();
					results.push(await place.evaluate(params, job));
				}
				return results;
			},
		},
		[Symbol.asyncDispose]: () => Promise.resolve(),
	};
}

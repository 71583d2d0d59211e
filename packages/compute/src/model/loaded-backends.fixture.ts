import { type Backend, type BackendName, openBackend } from "../backend/open-backend.ts";

async function backendThatLoads(name: BackendName): Promise<Backend[]> {
	try {
		return [await openBackend(name)];
	} catch {
		return [];
	}
}

/** Every backend that loads on this machine; `cpu` always does. */
export const loadedBackends: readonly Backend[] = [
	...(await backendThatLoads("tensorflow")),
	...(await backendThatLoads("wasm")),
	...(await backendThatLoads("cpu")),
];

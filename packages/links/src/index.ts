export { inProcessClients } from "./in-process.ts";
export type { ClientPlace, ReachableClients, SimulatedClients } from "./simulated-clients.ts";
export { workerPoolClients } from "./worker-pool.ts";
export type { WorkerStart } from "./worker-protocol.ts";

export { algorithmOf } from "./client-place.ts";
export { type Forecast, forecast } from "./forecast.ts";
export { type OpenClients, type OpenedClients, openClients } from "./open-clients.ts";
export type { SimulationOptions, SimulationResult } from "./play-in-folder.ts";
export { type ReplayResult, replay, resume, simulate } from "./simulate.ts";
export { snapshotOf } from "./snapshot-state.ts";
export { version } from "./version.ts";

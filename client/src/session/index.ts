export { type ClientEnd, type ClientSettings, runClient } from "./client-agent.ts";
export type * from "./ports.ts";

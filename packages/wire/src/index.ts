export * from "./payload.ts";
export * from "./safetensors.ts";
export * from "./state.ts";

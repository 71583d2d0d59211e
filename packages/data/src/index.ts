export * from "./shared-arrays.ts";
export * from "./source.ts";
export * from "./sources.ts";

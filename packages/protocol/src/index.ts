export type * from "./checksum.ts";
export * from "./connection.ts";
export * from "./control.ts";
export * from "./frame.ts";
export * from "./hello-transcript.ts";
export * from "./incoming-payload.ts";
export * from "./limits.ts";
export * from "./messages.ts";
export * from "./protocol-error.ts";

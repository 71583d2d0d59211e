export { codesOfFaults, contentOf, controlKind, kindOf } from "./frame-bytes.ts";
export { startClock } from "./frame-clock.ts";
export type { Grammar, MessageSchema } from "./message-grammar.ts";
export { attackWorld, type PlaySettings, repeatScripts, type Script } from "./play-world.ts";
export {
	brokenSafetensors,
	faultOfSafetensors,
	mutateSafetensors,
	safetensorsOf,
} from "./safetensors-mutants.ts";
export { type FuzzConnection, FuzzFinding, type FuzzWorld, type SentFrame } from "./world.ts";

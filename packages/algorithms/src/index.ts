export { type Compression, compress } from "./compression/compress.ts";
export { downlinkCompressorOptions, uplinkCompressorOptions } from "./compression/registry.ts";
export { learningRateAt } from "./local-training/learning-rate.ts";
export {
	type ClientOptimizerOptions,
	clientOptimizerOptions,
	type LearningRateSchedule,
	learningRateScheduleOptions,
} from "./local-training/options.ts";
export { algorithmOptions, algorithms } from "./registry.ts";
export { type ServerOptimizerOptions, serverOptimizerOptions } from "./server-optimizer/options.ts";
export { createServerOptimizer } from "./server-optimizer/server-optimizer.ts";

import { z } from "zod";
import { bfloat16, bfloat16Options } from "./bfloat16.ts";
import type { Compressor } from "./compressor.ts";
import { float16, float16Options } from "./float16.ts";
import { int8, int8Options } from "./int8.ts";
import { qsgd, qsgdOptions } from "./qsgd.ts";
import { randomK, randomKOptions } from "./random-k.ts";
import { sign, signOptions } from "./sign.ts";
import { topK, topKOptions } from "./top-k.ts";

/** What clients may compress their uploads with. */
export const uplinkCompressorOptions = z.discriminatedUnion("name", [
	float16Options,
	bfloat16Options,
	int8Options,
	qsgdOptions,
	topKOptions,
	randomKOptions,
	signOptions,
]);

/**
 * What the server may compress broadcasts with. Those hold models: what is missing in one must not be made up for later,
 * for other clients get the next one.
 */
export const downlinkCompressorOptions = z.discriminatedUnion("name", [
	float16Options,
	bfloat16Options,
	int8Options,
	qsgdOptions,
]);

export type CompressorOptions = z.output<typeof uplinkCompressorOptions>;

export function createCompressor(options: CompressorOptions): Compressor {
	switch (options.name) {
		case "float16":
			return float16;
		case "bfloat16":
			return bfloat16;
		case "int8":
			return int8(options);
		case "qsgd":
			return qsgd(options);
		case "top-k":
			return topK(options);
		case "random-k":
			return randomK(options);
		case "sign":
			return sign;
	}
}

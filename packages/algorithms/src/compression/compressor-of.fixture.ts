import type { Compressor } from "./compressor.ts";
import { createCompressor, uplinkCompressorOptions } from "./registry.ts";

/** The compressor of a scenario's section; options that it leaves out are the defaults. */
export function compressorOf(options: object): Compressor {
	return createCompressor(uplinkCompressorOptions.parse(options));
}

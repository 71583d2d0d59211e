import { downlinkCompressorOptions, uplinkCompressorOptions } from "@fl-sim/algorithms";
import { z } from "zod";

/** The scenario's `compression`. */
export const compressionOptions = z.strictObject({
	up: uplinkCompressorOptions
		.optional()
		.describe("What clients make of the vectors that they send; without it nothing"),
	down: downlinkCompressorOptions
		.optional()
		.describe("What the server makes of the vectors that it sends; without it nothing"),
});

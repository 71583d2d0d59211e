import { createHash } from "node:crypto";
import { FlSimError, type Layout, partOf } from "@fl-sim/core";
import { safetensorsPieces, type Tensor } from "@fl-sim/wire";
import { writeFileDurably } from "./durable-file.ts";
import { runFile } from "./run-files.ts";

export interface FinalWeights {
	readonly layout: Layout;
	/** `[layout.size]` */
	readonly params: Float32Array;
	/** The last round done. */
	readonly round: number;
	readonly scenarioHash: string;
}

/**
 * Writes `weights.safetensors`: one tensor for each part of the layout, with its name and shape, which PyTorch and
 * NumPy load as they are. Metadata: `round`, `scenarioHash`, and `sha256` of the flat vector.
 *
 * @returns the SHA-256, in hex.
 * @throws FL_RUN_WRITE, FL_WIRE_DIMENSION
 */
export async function writeWeights(folder: string, weights: FinalWeights): Promise<string> {
	const { layout, params, round, scenarioHash } = weights;
	if (params.length !== layout.size) {
		throw new FlSimError("FL_WIRE_DIMENSION", `${params.length} weights, expected ${layout.size}`);
	}
	const sha256 = sha256OfWeights(params);
	const pieces = safetensorsPieces(tensorsOfWeights(layout, params), {
		round: String(round),
		scenarioHash,
		sha256,
	});
	await writeFileDurably(runFile(folder, "weights"), pieces, { folder, byteLength: params.byteLength });
	return sha256;
}

/** One tensor for each part of the layout, with its name and shape: views on `params`. */
export function tensorsOfWeights(layout: Layout, params: Float32Array): Tensor[] {
	return layout.parts.map((part) => ({
		name: part.name,
		dtype: "F32",
		shape: part.shape,
		data: partOf(params, part),
	}));
}

/** SHA-256 of a vector as little-endian float32, in hex. */
export function sha256OfWeights(params: Float32Array): string {
	const bytes = new Uint8Array(params.buffer, params.byteOffset, params.byteLength);
	return createHash("sha256").update(bytes).digest("hex");
}

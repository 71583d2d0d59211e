import { oneValues, zeroValues } from "./initial-values.ts";
import type { LayerPart } from "./layer.ts";

/** The trainable parts of a normalisation, `[channels]` each. */
export function scaleAndShift(
	layer: string,
	channels: number,
): { readonly parts: readonly LayerPart[]; readonly scaleName: string; readonly shiftName: string } {
	const scaleName = `${layer}.scale`;
	const shiftName = `${layer}.shift`;
	const parts: LayerPart[] = [
		{ name: scaleName, layer, kind: "scale", shape: [channels], initial: oneValues },
		{ name: shiftName, layer, kind: "shift", shape: [channels], initial: zeroValues },
	];
	return { parts, scaleName, shiftName };
}

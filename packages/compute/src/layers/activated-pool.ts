import { type ActivationName, activation } from "./activation.ts";
import type { LayerMaker } from "./layer.ts";
import { pool } from "./pool.ts";

/**
 * A non-linearity, then pooling. Non-linearities do not fall, so the maximum of a window is the same before and after:
 * they are applied to the maxima, a quarter of the values.
 */
export function activatedPool(name: ActivationName, kind: "max" | "average"): LayerMaker[] {
	return kind === "max" ? [pool(kind, 2), activation(name)] : [activation(name), pool(kind, 2)];
}

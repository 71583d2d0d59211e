import type { TensorInfo } from "@tensorflow/tfjs";

/** A fused kernel's bias, `[length]`, as the operand of a routine that takes it; none if there is none. */
export function biasOperand(bias: TensorInfo | undefined, length: number): readonly TensorInfo[] {
	if (bias === undefined) return [];
	if (bias.shape.length !== 1 || bias.shape[0] !== length) {
		throw new Error(`bias of shape [${bias.shape.join()}], expected [${length}]`);
	}
	return [bias];
}

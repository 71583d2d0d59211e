import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { affineProductGradient, affineProductKernel, computeAffineProduct } from "./affine-product.ts";
import { convolutionGradient } from "./biased-convolution.ts";

// TensorFlow.js has kernels that add the bias on the way, but its ops around them (`tf.fused`) compute the
// gradient of the input even where nobody asks for it, as in every first layer. So the layers call kernels
// directly, with gradients that are computed on demand.

/**
 * Teaches TensorFlow.js the kernels of the dense and the convolutional layer and their gradients, for the
 * backend of that name. A second call does nothing.
 */
export function registerKernels(tf: TensorFlowJs, backendName: string): void {
	if (!isKnown(tf.getKernel(affineProductKernel, backendName))) {
		tf.registerKernel({
			kernelName: affineProductKernel,
			backendName,
			kernelFunc: ({ inputs }) => computeAffineProduct(tf, inputs),
		});
	}
	if (isKnown(tf.getGradient(affineProductKernel))) return;
	tf.registerGradient(affineProductGradient(tf));
	tf.registerGradient(convolutionGradient(tf));
}

/** The registry's look-ups return undefined for what it lacks, though their types do not say so. */
function isKnown(entry: unknown): boolean {
	return entry !== undefined;
}

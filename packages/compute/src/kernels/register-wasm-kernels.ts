import type { TensorFlowJs } from "../backend/load-tensorflow.ts";
import { conv2d, fusedConv2d } from "./convolution.ts";
import { conv2dBackpropFilter } from "./convolution-filter-gradient.ts";
import { conv2dBackpropInput } from "./convolution-input-gradient.ts";
import { depthwiseConv2dBackpropFilter, depthwiseConv2dBackpropInput } from "./depthwise-gradients.ts";
import { elementwise } from "./elementwise.ts";
import { cast, identity } from "./identity.ts";
import { registerWasmKernel } from "./kernel.ts";
import { batchMatMul, fusedMatMul } from "./matrix-product.ts";
import { avgPoolGrad, maxPoolGrad } from "./pooling-gradients.ts";
import { mean, sum } from "./sum.ts";
import { tanh } from "./tanh.ts";
import { unsortedSegmentSum } from "./unsorted-segment-sum.ts";

/** Gives the `wasm` backend the kernels that it lacks for training, and faster ones where its own are slow. */
export function registerWasmKernels(tf: TensorFlowJs): void {
	registerWasmKernel(tf, "BatchMatMul", batchMatMul);
	registerWasmKernel(tf, "_FusedMatMul", fusedMatMul);
	registerWasmKernel(tf, "Conv2D", conv2d);
	registerWasmKernel(tf, "FusedConv2D", fusedConv2d);
	registerWasmKernel(tf, "Conv2DBackpropInput", conv2dBackpropInput);
	registerWasmKernel(tf, "Conv2DBackpropFilter", conv2dBackpropFilter);
	registerWasmKernel(tf, "DepthwiseConv2dNativeBackpropInput", depthwiseConv2dBackpropInput);
	registerWasmKernel(tf, "DepthwiseConv2dNativeBackpropFilter", depthwiseConv2dBackpropFilter);
	registerWasmKernel(tf, "MaxPoolGrad", maxPoolGrad);
	registerWasmKernel(tf, "AvgPoolGrad", avgPoolGrad);
	registerWasmKernel(tf, "Sum", sum);
	registerWasmKernel(tf, "Mean", mean);
	registerWasmKernel(tf, "Add", elementwise("add"));
	registerWasmKernel(tf, "Sub", elementwise("subtract"));
	registerWasmKernel(tf, "Multiply", elementwise("multiply"));
	registerWasmKernel(tf, "RealDiv", elementwise("divide"));
	registerWasmKernel(tf, "Tanh", tanh);
	registerWasmKernel(tf, "Identity", identity);
	registerWasmKernel(tf, "Cast", cast);
	registerWasmKernel(tf, "UnsortedSegmentSum", unsortedSegmentSum);
}

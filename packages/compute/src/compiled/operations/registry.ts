import { affineProductKernel } from "../../layers/affine-product.ts";
import { causalSoftmaxKernel, softmaxGradientKernel } from "../../layers/attention.ts";
import {
	layerNormGradientKernel,
	layerNormKernel,
	layerNormScaleGradientKernel,
} from "../../layers/layer-norm.ts";
import {
	channelProductsKernel,
	scaleAndShiftKernel,
	standardizeGradientKernel,
} from "../../layers/standardize-kernels.ts";
import { reluGradientKernel } from "../simplify.ts";
import {
	causalSoftmax,
	layerNorm,
	layerNormGradient,
	layerNormScaleGradient,
	softmaxGradient,
	transpose,
} from "./attention.ts";
import { conv2d, convolutionFilterGradient, convolutionInputGradient } from "./convolution.ts";
import {
	add,
	divide,
	multiply,
	relu,
	reluGradient,
	rsqrt,
	square,
	step,
	subtract,
	tanh,
} from "./elementwise.ts";
import { affine, batchMatMul } from "./matrix.ts";
import { channelProducts, scaleAndShift, standardizeGradient } from "./normalization.ts";
import type { Operation } from "./operation.ts";
import { averagePool, averagePoolGrad, maxPool, maxPoolGrad } from "./pooling.ts";
import { mean, sum } from "./reduction.ts";

/** The TensorFlow.js kernels that a compiled step can compute, by name. */
export const operations: Readonly<Record<string, Operation>> = {
	Add: add,
	AvgPool: averagePool,
	AvgPoolGrad: averagePoolGrad,
	BatchMatMul: batchMatMul,
	Conv2D: conv2d,
	Conv2DBackpropFilter: convolutionFilterGradient,
	Conv2DBackpropInput: convolutionInputGradient,
	FusedConv2D: conv2d,
	MaxPool: maxPool,
	MaxPoolGrad: maxPoolGrad,
	Mean: mean,
	Multiply: multiply,
	RealDiv: divide,
	Relu: relu,
	Rsqrt: rsqrt,
	Square: square,
	Step: step,
	Sub: subtract,
	Sum: sum,
	Tanh: tanh,
	Transpose: transpose,
	[affineProductKernel]: affine,
	[causalSoftmaxKernel]: causalSoftmax,
	[softmaxGradientKernel]: softmaxGradient,
	[layerNormKernel]: layerNorm,
	[layerNormGradientKernel]: layerNormGradient,
	[layerNormScaleGradientKernel]: layerNormScaleGradient,
	[channelProductsKernel]: channelProducts,
	[reluGradientKernel]: reluGradient,
	[scaleAndShiftKernel]: scaleAndShift,
	[standardizeGradientKernel]: standardizeGradient,
};

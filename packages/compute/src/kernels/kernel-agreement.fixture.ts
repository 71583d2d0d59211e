import { randomStream } from "@fl-sim/core";
import type { DataTypeMap, Tensor } from "@tensorflow/tfjs";
import { expect } from "vitest";
import { openBackend } from "../backend/open-backend.ts";
import { sizeOf } from "./wasm-backend.ts";

// Both backends live in one namespace; TensorFlow.js's plain JavaScript is the reference.
await openBackend("cpu");
export const { tf } = await openBackend("wasm");

type NumberType = "float32" | "int32" | "bool";

/** A tensor that can be uploaded to either backend. */
export interface Operand {
	readonly shape: readonly number[];
	readonly dtype: NumberType;
	readonly values: DataTypeMap[NumberType];
}

export function operand(
	shape: readonly number[],
	valueAt: (index: number) => number,
	dtype: NumberType = "float32",
): Operand {
	const values = new { float32: Float32Array, int32: Int32Array, bool: Uint8Array }[dtype](sizeOf(shape));
	for (const index of values.keys()) values[index] = valueAt(index);
	return { shape, dtype, values };
}

/**
 * Multiples of 1/8 between -2 and 2. Float32 holds their products, and sums of up to 65,000 of these, exactly: the
 * order of additions does not matter, and results must be equal.
 */
export function eighths(shape: readonly number[], seed: number): Operand {
	const random = randomStream("eighths", seed, ...shape);
	return operand(shape, () => (random.integer(33) - 16) / 8);
}

/** Standard normal values. */
export function normals(shape: readonly number[], seed: number): Operand {
	const random = randomStream("normals", seed, ...shape);
	return operand(shape, () => random.normal());
}

/** Calls the active backend's kernel of that name. */
export function runKernel(
	name: string,
	inputs: Readonly<Record<string, Tensor>>,
	attributes: object = {},
): Tensor {
	return tf.engine().runKernel(name, { ...inputs }, attributes as never);
}

/** Takes as many tensors as there are operands, at most four. */
type Computation = (...tensors: [Tensor, Tensor, Tensor, Tensor]) => Tensor;

interface Agreement {
	/** Largest difference as a share of the largest magnitude; equal by default. */
	readonly tolerance?: number;
	/** What the plain JavaScript backend computes, if not the same. */
	readonly expected?: Computation;
}

/**
 * Expects that `compute` gives on `wasm` what it gives on `cpu`; also the same bits over other remains of earlier
 * computations, operands as they were, and no tensor left.
 */
export function expectAgreement(
	operands: readonly Operand[],
	compute: Computation,
	{ tolerance = 0, expected = compute }: Agreement = {},
): void {
	const reference = resultOn("cpu", operands, expected);
	const found = resultOn("wasm", operands, compute, Number.NaN);
	const again = resultOn("wasm", operands, compute, 1e30);
	expect(sameBits(again.values, found.values), "repeats its bits").toBe(true);
	expect(found).toMatchObject({ shape: reference.shape, dtype: reference.dtype });
	let largest = 0;
	for (const value of reference.values) {
		if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
	}
	const wrong: { index: number; expected: number; found: number }[] = [];
	for (const [index, value] of reference.values.entries()) {
		const other = found.values[index] as number;
		const isEqual = Number.isFinite(value)
			? Math.abs(other - value) <= tolerance * largest
			: Object.is(other, value);
		if (!isEqual) wrong.push({ index, expected: value, found: other });
	}
	expect(wrong).toEqual([]);
}

function resultOn(
	backendName: "cpu" | "wasm",
	operands: readonly Operand[],
	compute: Computation,
	remains?: number,
): Pick<Tensor, "shape" | "dtype"> & { readonly values: DataTypeMap[NumberType] } {
	void tf.setBackend(backendName);
	if (remains !== undefined) leaveBehind(remains);
	const before = inMemory();
	const tensors = operands.map(({ shape, dtype, values }) => tf.tensor(values, [...shape], dtype));
	const output = tf.tidy(() => compute(...(tensors as Parameters<Computation>)));
	const result = { shape: output.shape, dtype: output.dtype, values: output.dataSync().slice() };
	for (const [index, { values }] of operands.entries()) {
		expect(sameBits((tensors[index] as Tensor).dataSync(), values), "keeps its operands").toBe(true);
	}
	tf.dispose([output, ...tensors]);
	expect(inMemory()).toEqual(before);
	return result;
}

function sameBits(a: ArrayBufferView, b: ArrayBufferView): boolean {
	const [bytesA, bytesB] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
		Buffer.from(buffer, byteOffset, byteLength),
	) as [Buffer, Buffer];
	return bytesA.equals(bytesB);
}

/** Fills memory that outputs and intermediate values will be put in. */
function leaveBehind(value: number): void {
	const remains = (shape: number[]) => tf.tensor(new Float32Array(sizeOf(shape)).fill(value), shape);
	for (const size of [8, 64, 512, 4096]) tf.dispose(remains([size]));
	tf.tidy(() => void tf.matMul(remains([48, 48]), remains([48, 48])));
}

function inMemory(): object {
	const { numTensors, numDataBuffers, numBytes } = tf.memory();
	return { numTensors, numDataBuffers, numBytes, inBackend: tf.engine().backend.numDataIds() };
}

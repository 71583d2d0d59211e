import type { Tensor } from "@tensorflow/tfjs";
import { expect } from "vitest";
import { eighths, type Operand, tf } from "./kernel-agreement.fixture.ts";
import type { Routine } from "./routine.ts";
import { machine, place } from "./routine-runs.fixture.ts";

type Reference = (...tensors: [Tensor, Tensor, Tensor]) => Tensor;

/**
 * Expects that one binding of the routine computes what the plain JavaScript backend does, and does so again for
 * other operands at the same places, though the scratch was overwritten.
 */
export function expectRoutine(
	routine: Routine | undefined,
	shapes: readonly number[][],
	reference: Reference,
): void {
	if (routine === undefined) throw new Error("no routine");
	const [first, second] = [1, 2].map((seed): Example => {
		const operands = shapes.map((shape, index) => eighths(shape, seed + index));
		return { operands, expected: referenceValues(operands, reference) };
	}) as [Example, Example];
	const placed = place([
		...first.operands.map(valuesOf),
		new Float32Array(first.expected.length),
		...routine.scratch.map((bytes) => new Float32Array(bytes / 4)),
	]);
	const scratch = placed.addresses.slice(shapes.length + 1);
	const run = routine.bind(machine, placed.addresses.slice(0, shapes.length + 1), scratch);
	for (const { operands, expected } of [first, second]) {
		for (const [index, operand] of operands.entries()) write(placed.addresses[index], valuesOf(operand));
		for (const [index, bytes] of routine.scratch.entries()) {
			write(scratch[index], new Float32Array(bytes / 4).fill(Number.NaN));
		}
		run();
		expect([...placed.values(shapes.length)]).toEqual([...expected]);
		placed.checkGuards();
	}
}

interface Example {
	readonly operands: readonly Operand[];
	readonly expected: Float32Array;
}

export function valuesOf({ values }: Operand): Float32Array {
	return Float32Array.from(values);
}

function write(at: number | undefined, values: Float32Array): void {
	new Float32Array(machine.memory.buffer, at, values.length).set(values);
}

export function referenceValues(operands: readonly Operand[], reference: Reference): Float32Array {
	void tf.setBackend("cpu");
	return tf.tidy(() => {
		const tensors = operands.map(({ shape, values }) => tf.tensor(values, [...shape]));
		return Float32Array.from(reference(...(tensors as Parameters<Reference>)).dataSync());
	});
}

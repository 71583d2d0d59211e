import { randomStream } from "@fl-sim/core";
import fc from "fast-check";
import type { Machine, Routine } from "./routine.ts";
import { type Address, instantiateSimd } from "./simd.ts";

/** For the operands of one computation after the other. */
const memory = new WebAssembly.Memory({ initial: 16 });

export const machine: Machine = { memory, simd: instantiateSimd(memory) };

/** Bytes by which an operand lies behind a 16-byte boundary. */
export const misalignments = fc.constantFrom(0, 4, 8, 12);

/** What lies before and behind every operand, so that a stray read or write shows. */
const guard = Number.NaN;
const guardBytes = 64;

/** Operands in the memory, and how to read them back. */
export interface Placed {
	readonly addresses: readonly Address[];
	values(index: number): Float32Array;
	/** Throws if something lies around the operands that was not there. */
	checkGuards(): void;
}

/** Puts operands into the memory one behind the other, each so many bytes behind a 16-byte boundary. */
export function place(operands: readonly Float32Array[], misalignment = 0): Placed {
	const all = new Float32Array(memory.buffer).fill(guard);
	const addresses: Address[] = [];
	let end = guardBytes;
	for (const operand of operands) {
		const at = end + misalignment;
		all.set(operand, at / 4);
		addresses.push(at);
		end = Math.ceil((at + operand.byteLength) / 16) * 16 + guardBytes;
	}
	const view = (index: number) =>
		all.subarray(
			(addresses[index] as number) / 4,
			(addresses[index] as number) / 4 + (operands[index] as Float32Array).length,
		);
	return {
		addresses,
		values: (index) => view(index).slice(),
		checkGuards() {
			for (const [index, at] of addresses.entries()) {
				const behind = at / 4 + (operands[index] as Float32Array).length;
				for (let i = 1; i <= guardBytes / 4; i++) {
					for (const place of [at / 4 - i, behind + i - 1]) {
						if (!Number.isNaN(all[place])) throw new Error(`operand ${index}: wrote at ${place - at / 4}`);
					}
				}
			}
		},
	};
}

/** Runs a routine on operands, twice, with a result of `size` values, which it returns. */
export function runRoutine(
	routine: Routine,
	operands: readonly Float32Array[],
	{ size, misalignment = 0 }: { readonly size: number; readonly misalignment?: number },
): Float32Array {
	const scratch = routine.scratch.map((bytes) => new Float32Array(bytes / 4));
	const result = new Float32Array(size).fill(1e30);
	const placed = place([...operands, result, ...scratch], misalignment);
	const places = placed.addresses;
	const run = routine.bind(machine, places.slice(0, operands.length + 1), places.slice(operands.length + 1));
	run();
	run();
	placed.checkGuards();
	return placed.values(operands.length);
}

/** Multiples of 1/8 between -2 and 2, whose sums are exact in float32. */
export function eighthsOf(size: number, seed: number): Float32Array {
	const random = randomStream("eighths", seed, size);
	return Float32Array.from({ length: size }, () => (random.integer(33) - 16) / 8);
}

/** Standard normal values. */
export function normalsOf(size: number, seed: number): Float32Array {
	const random = randomStream("normals", seed, size);
	return Float32Array.from({ length: size }, () => random.normal());
}

import type { Address } from "../kernels/simd.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import type { Block, Instruction, Place, Program } from "./program.ts";

/** Where each block begins. */
export type Blocks = Readonly<Record<Block, Address>>;

/** A program on its places, ready to be called again and again. */
export interface BoundProgram {
	forward(): void;
	backward(): void;
	/** `[n, classes]`, to be read between the two. */
	readonly logits: Float32Array;
	/** `[n, classes]`, to be written between the two; empty for an evaluation. */
	readonly slopes: Float32Array;
	/** Next values of `buffer` parts, and where they belong in the parameters. */
	readonly bufferUpdates: readonly { readonly offset: number; readonly values: Float32Array }[];
}

export function bindProgram(program: Program, memory: KernelMemory, blocks: Blocks): BoundProgram {
	const address = ({ block, offset }: Place) => blocks[block] + offset;
	const bind = (instructions: readonly Instruction[]) => {
		const steps = instructions.map(({ routine, operands, scratch }) =>
			routine.bind(memory, operands.map(address), scratch.map(address)),
		);
		return () => {
			for (const step of steps) step();
		};
	};
	return {
		forward: bind(program.forward),
		backward: bind(program.backward),
		logits: memory.floats(address(program.logits), program.numLogits),
		slopes:
			program.slopes === undefined
				? new Float32Array()
				: memory.floats(address(program.slopes), program.numLogits),
		bufferUpdates: program.bufferUpdates.map(({ part, place }) => ({
			offset: part.offset,
			values: memory.floats(address(place), part.size),
		})),
	};
}

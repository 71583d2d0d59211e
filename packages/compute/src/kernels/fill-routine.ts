import type { Routine } from "./routine.ts";

/** Writes one value to all of a result of that size, whatever the other operands: `[..., out]`. */
export function fillRoutine(size: number, value: number): Routine {
	return {
		scratch: [],
		bind({ memory }, operands) {
			const out = new Float32Array(memory.buffer, operands.at(-1), size);
			return () => void out.fill(value);
		},
	};
}

import type { Routine } from "../kernels/routine.ts";
import type { Address } from "../kernels/simd.ts";
import type { NativeProducts } from "../native/native-products.ts";

/** Rows of both factors that are multiplied at a time: more leave the cache before they are used again. */
const rowsAtATime = 1024;

/** AᵀB for A `[depth, m]` and B `[depth, n]` with many rows, added up piece by piece. Operands: a, b and the result. */
export function longProduct(
	products: NativeProducts,
	{ m, n, depth }: { readonly m: number; readonly n: number; readonly depth: number },
): Routine {
	return {
		scratch: [],
		bind(machine, operands) {
			const [a, b, c] = operands as readonly [Address, Address, Address];
			const steps: (() => void)[] = [];
			for (let row = 0; row < depth; row += rowsAtATime) {
				const product = products.product({
					m,
					n,
					depth: Math.min(rowsAtATime, depth - row),
					transposeA: true,
					transposeB: false,
					...(row > 0 && { plus: "result" as const }),
				});
				steps.push(product.bind(machine, [a + row * m * 4, b + row * n * 4, c], []));
			}
			return () => {
				for (const step of steps) step();
			};
		},
	};
}

import type { Backend } from "@fl-sim/compute";

export interface KernelTime {
	readonly kernel: string;
	readonly calls: number;
	readonly milliseconds: number;
}

/**
 * Puts a stopwatch around every kernel that is registered now; the returned function reads them, longest time first.
 * A kernel that calls another one is charged with its own part only.
 */
export function startKernelClock({ tf, name }: Backend): () => KernelTime[] {
	const times = new Map<string, { calls: number; milliseconds: number }>();
	let inner = 0;
	for (const kernel of tf.getKernelsForBackend(name)) {
		const time = { calls: 0, milliseconds: 0 };
		times.set(kernel.kernelName, time);
		tf.unregisterKernel(kernel.kernelName, name);
		tf.registerKernel({
			...kernel,
			kernelFunc(call) {
				const before = inner;
				inner = 0;
				const start = performance.now();
				try {
					return kernel.kernelFunc(call);
				} finally {
					const elapsed = performance.now() - start;
					time.calls += 1;
					time.milliseconds += elapsed - inner;
					inner = before + elapsed;
				}
			},
		});
	}
	return () =>
		[...times]
			.filter(([, { calls }]) => calls > 0)
			.map(([kernel, time]) => ({ kernel, ...time }))
			.sort((a, b) => b.milliseconds - a.milliseconds);
}

import type { Backend } from "@fl-sim/compute";

interface KernelTime {
	calls: number;
	milliseconds: number;
}

/** Time in the kernels of a backend since the clock was started, by kernel. */
export interface KernelClock {
	readonly times: ReadonlyMap<string, Readonly<KernelTime>>;
	/** Over all kernels. */
	milliseconds(): number;
	reset(): void;
}

/**
 * Puts a stopwatch around every kernel that is registered now. A kernel that calls another one is charged with its
 * own part only.
 */
export function startKernelClock({ tf, name }: Pick<Backend, "tf" | "name">): KernelClock {
	const times = new Map<string, KernelTime>();
	let inner = 0;
	for (const kernel of tf.getKernelsForBackend(name)) {
		const time: KernelTime = { calls: 0, milliseconds: 0 };
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
	return {
		times,
		milliseconds: () => [...times.values()].reduce((sum, time) => sum + time.milliseconds, 0),
		reset() {
			for (const time of times.values()) Object.assign(time, { calls: 0, milliseconds: 0 });
		},
	};
}

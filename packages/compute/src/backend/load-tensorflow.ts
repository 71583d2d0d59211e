import { createRequire } from "node:module";
import { isMainThread } from "node:worker_threads";
import type * as TensorFlow from "@tensorflow/tfjs";
import { registerWasmKernels } from "../kernels/register-wasm-kernels.ts";

export type TensorFlowJs = typeof TensorFlow;

// The CommonJS builds are the ones that load in Node (the ES modules import without file endings), and
// `require` reads them in half the time of `import`, which scans them all for export names first.
const require = createRequire(import.meta.url);

/** Version of TensorFlow.js, found without loading it. Throws when it is not installed. */
export function tensorFlowVersion(): string {
	return (require("@tensorflow/tfjs/package.json") as { readonly version: string }).version;
}

/** TensorFlow.js with its plain JavaScript backend, `cpu`. */
export function loadTensorFlowJs(): TensorFlowJs {
	const tf = require("@tensorflow/tfjs") as TensorFlowJs;
	// In 4.22 production mode does one thing: it keeps the library's hints off the console.
	tf.enableProdMode();
	return tf;
}

/** TensorFlow.js with the `wasm` backend registered. */
export async function loadWasmBackend(): Promise<TensorFlowJs> {
	const tf = loadTensorFlowJs();
	require("@tensorflow/tfjs-backend-wasm");
	registerWasmKernels(tf);
	await withoutNewProcessListeners(async () => {
		if (!(await tf.setBackend("wasm"))) throw new Error("the WebAssembly module did not start");
	});
	return tf;
}

/** Packages of TensorFlow's native library: for processors, and for graphics cards of NVIDIA. */
export type NativePackage = "@tensorflow/tfjs-node" | "@tensorflow/tfjs-node-gpu";

/** TensorFlow.js on a native library, which registers itself as `tensorflow`. One of the two in a process. */
export async function loadTensorFlowNative(
	nativePackage: NativePackage = "@tensorflow/tfjs-node",
): Promise<TensorFlowJs> {
	if (!isMainThread) throw new Error("its native library is not safe in worker threads");
	loadTensorFlowJs();
	// The library writes what processor it found to stderr, unless it is told to begin at warnings.
	process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
	replaceOldUtil(require("node:util") as Record<string, unknown>);
	return require(nativePackage) as TensorFlowJs;
}

/** tfjs-node 4.22 calls two functions of `node:util` that warn in Node 22 and are gone since Node 23. */
function replaceOldUtil(util: Record<string, unknown>): void {
	util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
	util["isArray"] = Array.isArray;
}

/**
 * The WebAssembly module's loader adds process-wide handlers that throw again what they catch and so hide the
 * place of every later failure: they are taken off.
 */
async function withoutNewProcessListeners(run: () => Promise<void>): Promise<void> {
	const emitter: NodeJS.EventEmitter = process;
	const events = ["uncaughtException", "unhandledRejection"];
	const before = new Set(events.flatMap((event) => emitter.rawListeners(event)));
	try {
		await run();
	} finally {
		for (const event of events) {
			for (const listener of emitter.rawListeners(event)) {
				if (!before.has(listener)) emitter.removeListener(event, listener as () => void);
			}
		}
	}
}

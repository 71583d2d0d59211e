import { FlSimError, messageOf } from "@fl-sim/core";
import { createKernelMemory } from "../compiled/kernel-memory.ts";
import type { CompilerTools } from "../compiled/network-programs.ts";
import { onnxProducts } from "../native/native-products.ts";
import { loadOnnxRuntime } from "../native/onnx-runtime.ts";
import {
	loadTensorFlowJs,
	loadTensorFlowNative,
	loadWasmBackend,
	type TensorFlowJs,
	tensorFlowVersion,
} from "./load-tensorflow.ts";

/**
 * The order in which `auto` tries them, fastest first: `tensorflow` runs each operation for itself and plays clients in
 * one thread, `wasm` plays one on each core.
 */
export const backendLadder = ["onnxruntime", "wasm", "tensorflow", "cpu"] as const;

/** Every backend: `auto` never takes a graphics card by itself. */
export const allBackends = [...backendLadder, "tensorflow-gpu"] as const;

export type BackendName = (typeof allBackends)[number];

/** Which backend it is, and why not a better one. */
export interface BackendChoice {
	readonly name: BackendName;
	/** Version of the library that computes. */
	readonly version: string;
	/** The better backends that `auto` tried first, each with the reason why it is not used. */
	readonly notChosen: readonly { readonly name: BackendName; readonly reason: string }[];
}

/** TensorFlow.js, the arithmetic below it, and what compiled steps run on. */
export interface Backend extends BackendChoice, LoadedBackend {}

interface LoadedBackend {
	readonly tf: TensorFlowJs;
	/** TensorFlow.js's own backend, for models that are not compiled. */
	readonly plain: "tensorflow" | "wasm" | "cpu";
	/** Version of the library that computes. */
	readonly version: string;
	/** Compiles models, where the backend can. */
	readonly compiler: CompilerTools | undefined;
}

const fixes: Readonly<Record<BackendName, string>> = {
	onnxruntime:
		"Install the optional packages onnxruntime-node and koffi for this platform, or set `backend: auto`.",
	tensorflow:
		"Install the optional package @tensorflow/tfjs-node with its native library (docs/tensorflow-backend.md), or set `backend: auto`.",
	"tensorflow-gpu":
		"It needs a graphics card of NVIDIA with CUDA, Node 22, and the package @tensorflow/tfjs-node-gpu, which is not installed by itself: `pnpm --filter @fl-sim/compute add @tensorflow/tfjs-node-gpu@4.22.0`.",
	wasm: "Check that @tensorflow/tfjs-backend-wasm is installed completely, or set `backend: auto`.",
	cpu: "Check that @tensorflow/tfjs is installed completely.",
};

/** Most memory that the compiled steps of one thread may take. */
const maxKernelBytes = 2 ** 30;

const start: Readonly<Record<BackendName, () => Promise<LoadedBackend>>> = {
	async onnxruntime() {
		const runtime = loadOnnxRuntime();
		const compiler = { memory: createKernelMemory(maxKernelBytes), products: onnxProducts(runtime) };
		return { ...(await activate("wasm", loadWasmBackend)), version: runtime.version, compiler };
	},
	tensorflow: () => activate("tensorflow", () => loadTensorFlowNative()),
	"tensorflow-gpu": () => activate("tensorflow", () => loadTensorFlowNative("@tensorflow/tfjs-node-gpu")),
	async wasm() {
		const compiler = { memory: createKernelMemory(maxKernelBytes), products: undefined };
		return { ...(await activate("wasm", loadWasmBackend)), compiler };
	},
	cpu: () => activate("cpu", async () => loadTensorFlowJs()),
};

/** TensorFlow.js keeps one active backend per thread, so opening another one makes that the active one. */
async function activate(
	plain: LoadedBackend["plain"],
	load: () => Promise<TensorFlowJs>,
): Promise<LoadedBackend> {
	const tf = await load();
	if (!(await tf.setBackend(plain))) throw new Error(`TensorFlow.js could not initialise "${plain}"`);
	return { tf, plain, version: tf.version_core, compiler: undefined };
}

/**
 * Opens the named backend in this thread; `auto` takes the first of onnxruntime, wasm, tensorflow and cpu that works.
 * Throws `FL_BACKEND_UNAVAILABLE` when the named one does not load.
 */
export function openBackend(name: "auto" | BackendName): Promise<Backend> {
	return firstThatWorks(name, (candidate) => start[candidate]());
}

/**
 * Finds out which backend `openBackend` would open, for a thread that does not compute itself: loads native libraries
 * and no more. Throws `FL_BACKEND_UNAVAILABLE`.
 */
export function chooseBackend(name: "auto" | BackendName): Promise<BackendChoice> {
	return firstThatWorks(name, async (candidate) => {
		if (candidate === "onnxruntime") return { version: loadOnnxRuntime().version };
		if (candidate === "tensorflow" || candidate === "tensorflow-gpu") return await start[candidate]();
		return { version: tensorFlowVersion() };
	});
}

async function firstThatWorks<Found>(
	name: "auto" | BackendName,
	attempt: (candidate: BackendName) => Promise<Found>,
): Promise<Found & Pick<Backend, "name" | "notChosen">> {
	const notChosen: { name: BackendName; reason: string }[] = [];
	for (const candidate of name === "auto" ? backendLadder : [name]) {
		try {
			return { name: candidate, ...(await attempt(candidate)), notChosen };
		} catch (thrown) {
			const reason = firstLine(messageOf(thrown));
			notChosen.push({ name: candidate, reason });
			if (name === "auto" && candidate !== "cpu") continue;
			throw new FlSimError("FL_BACKEND_UNAVAILABLE", `The backend "${candidate}" did not load: ${reason}`, {
				fix: fixes[candidate],
				details: { backend: candidate },
				cause: thrown,
			});
		}
	}
	throw new FlSimError("FL_BACKEND_UNAVAILABLE", `There is no backend named "${name}"`);
}

function firstLine(message: string): string {
	return message.split("\n", 1)[0] ?? message;
}

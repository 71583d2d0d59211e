import { FlSimError, messageOf } from "@fl-sim/core";
import {
	loadTensorFlowJs,
	loadTensorFlowNative,
	loadWasmBackend,
	type TensorFlowJs,
} from "./load-tensorflow.ts";

export type BackendName = "tensorflow" | "wasm" | "cpu";

/** A TensorFlow.js namespace with the arithmetic that runs below it. */
export interface Backend {
	readonly name: BackendName;
	readonly tf: TensorFlowJs;
	/** Version of TensorFlow.js. */
	readonly version: string;
	/** The better backends that `auto` tried first, each with the reason why it is not used. */
	readonly notChosen: readonly { readonly name: BackendName; readonly reason: string }[];
}

/** Best first: the order in which `auto` tries them. */
const ladder = ["tensorflow", "wasm", "cpu"] as const satisfies readonly BackendName[];

const fixes: Readonly<Record<BackendName, string>> = {
	tensorflow:
		"Install the optional package @tensorflow/tfjs-node with its native library (Node 22), or set `backend: auto`.",
	wasm: "Check that @tensorflow/tfjs-backend-wasm is installed completely, or set `backend: auto`.",
	cpu: "Check that @tensorflow/tfjs is installed completely.",
};

const start: Readonly<Record<BackendName, () => Promise<TensorFlowJs>>> = {
	tensorflow: loadTensorFlowNative,
	wasm: loadWasmBackend,
	cpu: async () => loadTensorFlowJs(),
};

/** TensorFlow.js keeps one active backend per thread, so opening another one makes that the active one. */
async function activate(name: BackendName): Promise<{ tf: TensorFlowJs; version: string }> {
	const tf = await start[name]();
	if (!(await tf.setBackend(name))) throw new Error(`TensorFlow.js could not initialise "${name}"`);
	return { tf, version: tf.version_core };
}

/**
 * Loads TensorFlow.js and makes the named backend the active one of this thread; `auto` takes the first of
 * tensorflow, wasm and cpu that works. Throws `FL_BACKEND_UNAVAILABLE` when the named one does not load.
 */
export async function openBackend(name: "auto" | BackendName): Promise<Backend> {
	const notChosen: { name: BackendName; reason: string }[] = [];
	for (const candidate of name === "auto" ? ladder : [name]) {
		try {
			return { name: candidate, ...(await activate(candidate)), notChosen };
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

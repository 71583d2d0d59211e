import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type Koffi from "koffi";

const require = createRequire(import.meta.url);

/** Something that the library made; only the library looks into it. */
export type Handle = bigint;

/**
 * The C interface of ONNX Runtime as far as it is used, called directly: the JavaScript interface of its package
 * copies every result into a new array and costs six times as much per call.
 */
export interface OnnxRuntime {
	readonly version: string;
	/** A session of one thread on a model in the ONNX format. */
	createSession(model: Uint8Array): Handle;
	/** A tensor over memory that must stay where it is. */
	createTensor(values: Float32Array, shape: readonly number[]): Handle;
	/** A session's inputs and outputs, tied to tensors by name. */
	createBinding(session: Handle): Handle;
	bindInput(binding: Handle, name: string, tensor: Handle): void;
	bindOutput(binding: Handle, name: string, tensor: Handle): void;
	/** Computes at once, in this thread. */
	run(session: Handle, binding: Handle): void;
	releaseBinding(binding: Handle): void;
	releaseTensor(tensor: Handle): void;
}

// Places in the table of functions (onnxruntime_c_api.h, struct OrtApi). New functions are only ever added at its end.
const places = {
	getErrorMessage: 2,
	createEnv: 3,
	createSessionFromArray: 8,
	createSessionOptions: 10,
	setIntraOpNumThreads: 24,
	setInterOpNumThreads: 25,
	createTensorWithData: 49,
	createCpuMemoryInfo: 69,
	releaseStatus: 93,
	releaseValue: 96,
	runWithBinding: 133,
	createIoBinding: 134,
	releaseIoBinding: 135,
	bindInput: 136,
	bindOutput: 137,
} as const;

/** The version of the table that is asked for: all functions above are in it. */
const tableVersion = 17;
const errorsOnly = 3;
const floatType = 1;

/** The library stays in memory as long as somebody holds it. */
const loaded: ReturnType<typeof Koffi.load>[] = [];

type Parameter = string | ReturnType<typeof Koffi.out>;

/** Loads the library that the package onnxruntime-node ships. Throws with the reason where that is not possible. */
export function loadOnnxRuntime(): OnnxRuntime {
	// Newer versions of the library report to its maker unless they are told not to.
	process.env["ORT_DISABLE_TELEMETRY"] ??= "1";
	const koffi = require("koffi") as typeof Koffi;
	const library = koffi.load(libraryPath());
	loaded.push(library);
	/** A function at an address. */
	const functionAt = (address: unknown, result: string, parameters: Parameter[]) =>
		koffi.decode(address, koffi.proto(result, parameters)) as (...values: unknown[]) => unknown;
	const base = koffi.decode(library.func("OrtGetApiBase", "void *", [])(), koffi.array("void *", 2));
	const [getTable, getVersion] = base as [Handle, Handle];
	const version = String(functionAt(getVersion, "str", [])());
	const tablePlace = functionAt(getTable, "void *", ["uint32_t"])(tableVersion);
	if (tablePlace === null) throw new Error(`ONNX Runtime ${version} lacks interface ${tableVersion}`);
	const tableType = koffi.array("void *", Math.max(...Object.values(places)) + 1);
	const table = koffi.decode(tablePlace, tableType) as readonly Handle[];

	const named = (name: keyof typeof places, result: string, parameters: Parameter[]) =>
		functionAt(table[places[name]], result, parameters);
	const message = named("getErrorMessage", "str", ["void *"]);
	const releaseStatus = named("releaseStatus", "void", ["void *"]);

	function check(status: unknown): void {
		if (status === null) return;
		const reason = String(message(status));
		releaseStatus(status);
		throw new Error(`ONNX Runtime: ${reason}`);
	}
	/** A function that tells whether it worked. */
	const status = (name: keyof typeof places, parameters: Parameter[]) => named(name, "void *", parameters);
	/** The same for one that hands its result out through its last parameter. */
	function maker(name: keyof typeof places, parameters: Parameter[]): (...values: unknown[]) => Handle {
		const make = status(name, [...parameters, koffi.out(koffi.pointer("void *"))]);
		return (...values) => {
			const result: unknown[] = [null];
			check(make(...values, result));
			return result[0] as Handle;
		};
	}

	const environment = maker("createEnv", ["int", "str"])(errorsOnly, "fl-sim");
	const options = maker("createSessionOptions", [])();
	check(status("setIntraOpNumThreads", ["void *", "int"])(options, 1));
	check(status("setInterOpNumThreads", ["void *", "int"])(options, 1));
	const memory = maker("createCpuMemoryInfo", ["int", "int"])(0, 0);

	const createSession = maker("createSessionFromArray", ["void *", "void *", "size_t", "void *"]);
	const createTensor = maker("createTensorWithData", [
		"void *",
		"void *",
		"size_t",
		"void *",
		"size_t",
		"int",
	]);
	const createBinding = maker("createIoBinding", ["void *"]);
	const bindInput = status("bindInput", ["void *", "str", "void *"]);
	const bindOutput = status("bindOutput", ["void *", "str", "void *"]);
	const run = status("runWithBinding", ["void *", "void *", "void *"]);
	const releaseBinding = named("releaseIoBinding", "void", ["void *"]);
	const releaseTensor = named("releaseValue", "void", ["void *"]);
	return {
		version,
		createSession: (model) => createSession(environment, model, model.length, options),
		createTensor(values, shape) {
			const extents = BigInt64Array.from(shape, BigInt);
			return createTensor(memory, values, values.byteLength, extents, shape.length, floatType);
		},
		createBinding,
		bindInput: (binding, name, tensor) => check(bindInput(binding, name, tensor)),
		bindOutput: (binding, name, tensor) => check(bindOutput(binding, name, tensor)),
		run: (session, binding) => check(run(session, null, binding)),
		releaseBinding: (binding) => void releaseBinding(binding),
		releaseTensor: (tensor) => void releaseTensor(tensor),
	};
}

const libraryNames: Readonly<Partial<Record<NodeJS.Platform, RegExp>>> = {
	darwin: /^libonnxruntime\..*dylib$/,
	linux: /^libonnxruntime\.so/,
	win32: /^onnxruntime\.dll$/,
};

function libraryPath(): string {
	const root = dirname(require.resolve("onnxruntime-node/package.json"));
	const { platform, arch } = process;
	const versions = join(root, "bin");
	for (const version of readdirSync(versions)) {
		const folder = join(versions, version, platform, arch);
		const name = safeList(folder).find((file) => libraryNames[platform]?.test(file));
		if (name !== undefined) return join(folder, name);
	}
	throw new Error(`onnxruntime-node has no library for ${platform} on ${arch}`);
}

function safeList(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

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

/** Loads the library that the package onnxruntime-node ships. Throws with the reason where that is not possible. */
export function loadOnnxRuntime(): OnnxRuntime {
	const koffi = require("koffi") as typeof Koffi;
	const library = koffi.load(libraryPath());
	loaded.push(library);
	const [getTable, getVersion] = koffi.decode(
		library.func("OrtGetApiBase", "void *", [])() as Handle,
		koffi.array("void *", 2),
	) as [Handle, Handle];
	const version = call<[], string>(getVersion, "str", [])();
	const tablePlace = call<[number], Handle | null>(getTable, "void *", ["uint32_t"])(tableVersion);
	if (tablePlace === null) throw new Error(`ONNX Runtime ${version} lacks interface ${tableVersion}`);
	const table = koffi.decode(tablePlace, koffi.array("void *", Math.max(...Object.values(places)) + 1)) as Handle[];

	/** A function at an address. */
	function call<Arguments extends unknown[], Result>(
		address: Handle,
		result: string,
		parameters: (string | ReturnType<typeof koffi.out>)[],
	): (...values: Arguments) => Result {
		return koffi.decode(address, koffi.proto(result, parameters)) as (...values: Arguments) => Result;
	}
	const at = (name: keyof typeof places) => table[places[name]] as Handle;
	const message = call<[Handle], string>(at("getErrorMessage"), "str", ["void *"]);
	const releaseStatus = call<[Handle], void>(at("releaseStatus"), "void", ["void *"]);

	function check(status: Handle | null): void {
		if (status === null) return;
		const reason = message(status);
		releaseStatus(status);
		throw new Error(`ONNX Runtime: ${reason}`);
	}
	const status = <Arguments extends unknown[]>(name: keyof typeof places, parameters: string[]) =>
		call<Arguments, Handle | null>(at(name), "void *", parameters);
	/** A function that hands its result out through its last parameter. */
	function maker<Arguments extends unknown[]>(name: keyof typeof places, parameters: string[]) {
		const make = call<unknown[], Handle | null>(at(name), "void *", [
			...parameters,
			koffi.out(koffi.pointer("void *")),
		]);
		return (...values: Arguments): Handle => {
			const result: [Handle | null] = [null];
			check(make(...values, result));
			return result[0] as Handle;
		};
	}

	const environment = maker<[number, string]>("createEnv", ["int", "str"])(errorsOnly, "fl-sim");
	const options = maker<[]>("createSessionOptions", [])();
	check(status<[Handle, number]>("setIntraOpNumThreads", ["void *", "int"])(options, 1));
	check(status<[Handle, number]>("setInterOpNumThreads", ["void *", "int"])(options, 1));
	const memory = maker<[number, number]>("createCpuMemoryInfo", ["int", "int"])(0, 0);

	const createSession = maker<[Handle, Uint8Array, number, Handle]>("createSessionFromArray", [
		"void *",
		"void *",
		"size_t",
		"void *",
	]);
	const createTensor = maker<[Handle, Float32Array, number, BigInt64Array, number, number]>(
		"createTensorWithData",
		["void *", "void *", "size_t", "void *", "size_t", "int"],
	);
	const createBinding = maker<[Handle]>("createIoBinding", ["void *"]);
	const bindInput = status<[Handle, string, Handle]>("bindInput", ["void *", "str", "void *"]);
	const bindOutput = status<[Handle, string, Handle]>("bindOutput", ["void *", "str", "void *"]);
	const run = status<[Handle, null, Handle]>("runWithBinding", ["void *", "void *", "void *"]);
	return {
		version,
		createSession: (model) => createSession(environment, model, model.length, options),
		createTensor: (values, shape) =>
			createTensor(
				memory,
				values,
				values.byteLength,
				BigInt64Array.from(shape, BigInt),
				shape.length,
				floatType,
			),
		createBinding,
		bindInput: (binding, name, tensor) => check(bindInput(binding, name, tensor)),
		bindOutput: (binding, name, tensor) => check(bindOutput(binding, name, tensor)),
		run(session, binding) {
			const failed = run(session, null, binding);
			if (failed !== null) check(failed);
		},
		releaseBinding: call<[Handle], void>(at("releaseIoBinding"), "void", ["void *"]),
		releaseTensor: call<[Handle], void>(at("releaseValue"), "void", ["void *"]),
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

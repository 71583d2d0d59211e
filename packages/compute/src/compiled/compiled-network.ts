import type { Batch, BatchEvaluation, TrainingWorkspace, Vector } from "@fl-sim/core";
import type { Address } from "../kernels/simd.ts";
import { crossEntropy } from "../model/cross-entropy.ts";
import type { RunnableNetwork } from "../model/forward.ts";
import type { NativeProducts } from "../native/native-products.ts";
import { type BoundProgram, bindProgram } from "./bound-program.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { machineWorkspace } from "./machine-workspace.ts";
import { NotLowered } from "./operations/operation.ts";
import { compileProgram, type Program } from "./program.ts";
import { simplify, withoutUnread } from "./simplify.ts";
import { traceEvaluation, traceTraining } from "./trace.ts";

/** What compiled steps run on, one for each thread. */
export interface CompilerTools {
	readonly memory: KernelMemory;
	/** Without it, the SIMD functions multiply matrices too. */
	readonly products: NativeProducts | undefined;
}

/** A network whose steps are compiled once for each batch size and then only run. */
export interface CompiledNetwork {
	/** See core's `Model`. The first two throw `NotLowered` for what cannot be compiled. */
	lossAndGradient(params: Vector, batch: Batch, gradient: Vector): number;
	evaluate(params: Vector, batch: Batch): BatchEvaluation;
	openWorkspace(): TrainingWorkspace;
	/** Compiles a step for batches of that size, if that has not been done. */
	prepare(kind: "training" | "evaluation", batchSize: number): void;
}

/** Where a step finds what is given to it. */
interface Places {
	readonly params: Address;
	readonly gradient: Address;
	readonly features: Address;
}

interface Compiled {
	/** Kind and batch size. */
	readonly key: string;
	readonly program: Program;
	readonly constants: Address;
}

/** A program that needs a larger part of the memory than this is left to TensorFlow.js. */
const largestShare = 0.5;

/** The latest bound programs are kept; a workspace gets the places of the one that was closed last. */
const maxBound = 64;

export function compileNetwork(
	network: RunnableNetwork,
	{ memory, products }: CompilerTools,
): CompiledNetwork {
	const { tf, layout, featureShape } = network;
	const buffers = layout.parts.filter(({ kind }) => kind === "buffer");
	/** By batch size. */
	const programs = {
		training: new Map<number, Compiled | NotLowered>(),
		evaluation: new Map<number, Compiled | NotLowered>(),
	};
	const bound = new Map<string, BoundProgram>();
	/** The last one that ran: most steps of a client are like the step before. */
	let latest:
		| { readonly compiled: Compiled; readonly at: Places; readonly program: BoundProgram }
		| undefined;
	/** Room for what a program computes, shared by all of them, since one runs at a time. */
	let work = { address: 0, bytes: 0 };
	/** For vectors and batches that come from outside. */
	let guest: { readonly params: Vector; readonly gradient: Vector } | undefined;
	let guestFeatures: Float32Array = new Float32Array();

	function compile(kind: "training" | "evaluation", batchSize: number): Program {
		const request = { network, featureShape, batchSize };
		const context = { tf, products };
		if (kind === "training") {
			return compileProgram(simplify(traceTraining(tf, request)), layout, context);
		}
		const { nodes, logits } = traceEvaluation(tf, request);
		const read = withoutUnread(nodes, [logits]);
		const source = { nodes: read, forwardNodes: read.length, logits };
		return compileProgram({ ...source, gradients: new Map(), bufferUpdates: new Map() }, layout, context);
	}

	/** The same for every thread, whatever it has compiled before: so all of them compute the same bits. */
	function compileOrExplain(kind: "training" | "evaluation", batchSize: number): Compiled | NotLowered {
		try {
			const program = compile(kind, batchSize);
			const bytes = program.workBytes + program.constants.byteLength;
			if (bytes > largestShare * memory.memory.buffer.byteLength) {
				return new NotLowered(`a batch of ${batchSize}, which needs ${Math.ceil(bytes / 2 ** 20)} MiB`);
			}
			const constants = memory.allocate(program.constants.byteLength);
			memory.floats(constants, program.constants.length).set(program.constants);
			return { key: `${kind} ${batchSize}`, program, constants };
		} catch (thrown) {
			if (thrown instanceof NotLowered) return thrown;
			throw thrown;
		}
	}

	function programFor(kind: "training" | "evaluation", batchSize: number): Compiled {
		let entry = programs[kind].get(batchSize);
		if (entry === undefined) {
			entry = compileOrExplain(kind, batchSize);
			programs[kind].set(batchSize, entry);
		}
		if (entry instanceof NotLowered) throw entry;
		makeRoomFor(entry.program);
		return entry;
	}

	function makeRoomFor({ workBytes }: Program): void {
		if (workBytes <= work.bytes) return;
		bound.clear();
		latest = undefined;
		if (work.bytes > 0) memory.free(work.address, work.bytes);
		work = { address: 0, bytes: 0 };
		work = { address: memory.allocate(workBytes), bytes: workBytes };
	}

	function bindFor(compiled: Compiled, at: Places): BoundProgram {
		if (latest !== undefined && latest.compiled === compiled && isSame(latest.at, at)) return latest.program;
		const program = boundAt(compiled, at);
		latest = { compiled, at, program };
		return program;
	}

	function boundAt({ key, program, constants }: Compiled, at: Places): BoundProgram {
		const place = `${key} ${at.params} ${at.gradient} ${at.features}`;
		let found = bound.get(place);
		if (found === undefined) {
			if (bound.size >= maxBound) bound.delete(bound.keys().next().value as string);
			found = bindProgram(program, memory, { ...at, constants, work: work.address });
			bound.set(place, found);
		}
		return found;
	}

	const isHere = ({ buffer }: Vector) => buffer === memory.memory.buffer;

	function guestVectors() {
		const make = () => memory.floats(memory.allocate(layout.size * 4), layout.size);
		guest ??= { params: make(), gradient: make() };
		return guest;
	}

	function paramsHere(params: Vector): Vector {
		if (isHere(params)) return params;
		guestVectors().params.set(params);
		return guestVectors().params;
	}

	function featuresHere({ features }: Batch): Address {
		if (isHere(features)) return features.byteOffset;
		if (guestFeatures.length < features.length) {
			if (guestFeatures.length > 0) memory.free(guestFeatures.byteOffset, guestFeatures.byteLength);
			guestFeatures = new Float32Array();
			guestFeatures = memory.floats(memory.allocate(features.byteLength), features.length);
		}
		guestFeatures.set(features);
		return guestFeatures.byteOffset;
	}

	return {
		lossAndGradient(params, batch, gradient) {
			const compiled = programFor("training", batch.size);
			const [ownParams, features] = [paramsHere(params), featuresHere(batch)];
			const ownGradient = isHere(gradient) ? gradient : guestVectors().gradient;
			const program = bindFor(compiled, {
				params: ownParams.byteOffset,
				gradient: ownGradient.byteOffset,
				features,
			});
			program.forward();
			const loss = crossEntropy(program.logits, batch.labels, program.slopes).lossSum / batch.size;
			program.backward();
			if (ownGradient !== gradient) gradient.set(ownGradient);
			for (const { offset, values } of program.bufferUpdates) params.set(values, offset);
			for (const { offset, size } of buffers) gradient.fill(0, offset, offset + size);
			return loss;
		},
		evaluate(params, batch) {
			const compiled = programFor("evaluation", batch.size);
			const program = bindFor(compiled, {
				params: paramsHere(params).byteOffset,
				gradient: 0,
				features: featuresHere(batch),
			});
			program.forward();
			return crossEntropy(program.logits, batch.labels);
		},
		openWorkspace: () => machineWorkspace(memory, layout.size),
		prepare: (kind, batchSize) => void programFor(kind, batchSize),
	};
}

function isSame(one: Places, other: Places): boolean {
	return one.params === other.params && one.gradient === other.gradient && one.features === other.features;
}

import type { Batch, BatchEvaluation, TrainingWorkspace, Vector } from "@fl-sim/core";
import type { Address } from "../kernels/simd.ts";
import { crossEntropy } from "../model/cross-entropy.ts";
import type { RunnableNetwork } from "../model/forward.ts";
import { type BoundProgram, bindProgram } from "./bound-program.ts";
import { machineArithmetic } from "./machine-arithmetic.ts";
import { machineWorkspace } from "./machine-workspace.ts";
import {
	type CompilerTools,
	networkPrograms,
	type PlacedProgram,
	type ProgramKind,
} from "./network-programs.ts";
import type { Program } from "./program.ts";

/** A network whose steps are compiled once for each batch size and then only run; those of large batches in pieces. */
export interface CompiledNetwork {
	/** See core's `Model`. The first two throw `NotLowered` for what cannot be compiled. */
	lossAndGradient(params: Vector, batch: Batch, gradient: Vector): number;
	evaluate(params: Vector, batch: Batch): BatchEvaluation;
	openWorkspace(): TrainingWorkspace;
	/** Compiles a step for batches of that size, if that has not been done. */
	prepare(kind: ProgramKind, batchSize: number): void;
}

/** Where a step finds what is given to it. */
interface Places {
	readonly params: Address;
	readonly gradient: Address;
	readonly features: Address;
}

/** The latest bound programs are kept; a workspace gets the places of the one that was closed last. */
const maxBound = 64;

export function compileNetwork(network: RunnableNetwork, tools: CompilerTools): CompiledNetwork {
	const { memory } = tools;
	const { layout } = network;
	const buffers = layout.parts.filter(({ kind }) => kind === "buffer");
	const programs = networkPrograms(network, tools);
	const arithmetic = machineArithmetic(memory);
	const bound = new Map<string, BoundProgram>();
	/** The last one that ran: most steps of a client are like the step before. */
	let latest:
		| { readonly compiled: PlacedProgram; readonly at: Places; readonly program: BoundProgram }
		| undefined;
	/** Room for what a program computes, shared by all of them, since one runs at a time. */
	let work = { address: 0, bytes: 0 };
	/** For vectors and batches that come from outside. */
	let guest: { readonly params: Vector; readonly gradient: Vector } | undefined;
	let guestFeatures: Float32Array = new Float32Array();

	function programsFor(kind: ProgramKind, batchSize: number): readonly PlacedProgram[] {
		const pieces = programs(kind, batchSize);
		for (const { program } of pieces) makeRoomFor(program);
		return pieces;
	}

	function makeRoomFor({ workBytes }: Program): void {
		if (workBytes <= work.bytes) return;
		bound.clear();
		latest = undefined;
		if (work.bytes > 0) memory.free(work.address, work.bytes);
		work = { address: 0, bytes: 0 };
		work = { address: memory.allocate(workBytes), bytes: workBytes };
	}

	function bindFor(compiled: PlacedProgram, at: Places): BoundProgram {
		if (latest !== undefined && latest.compiled === compiled && isSame(latest.at, at)) return latest.program;
		const program = boundAt(compiled, at);
		latest = { compiled, at, program };
		return program;
	}

	function boundAt({ key, program, constants }: PlacedProgram, at: Places): BoundProgram {
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

	/** Where the features lie in the memory: those of the pieces of a batch all at the same place. */
	function featuresHere(features: Float32Array, isPiece: boolean): Address {
		if (isHere(features) && !isPiece) return features.byteOffset;
		if (guestFeatures.length < features.length) {
			if (guestFeatures.length > 0) memory.free(guestFeatures.byteOffset, guestFeatures.byteLength);
			guestFeatures = new Float32Array();
			guestFeatures = memory.floats(memory.allocate(features.byteLength), features.length);
		}
		guestFeatures.set(features);
		return guestFeatures.byteOffset;
	}

	/** Calls `compute` with each piece of a batch, bound to its features. */
	function forEachPiece(
		pieces: readonly PlacedProgram[],
		{
			params,
			gradient,
			batch,
		}: { readonly params: Address; readonly gradient: Address; readonly batch: Batch },
		compute: (program: BoundProgram, labels: Int32Array, from: number) => void,
	): void {
		const isPiece = pieces.length > 1;
		const featureSize = batch.features.length / batch.size;
		let from = 0;
		for (const piece of pieces) {
			const to = from + piece.numExamples;
			const features = isPiece
				? batch.features.subarray(from * featureSize, to * featureSize)
				: batch.features;
			const labels = isPiece ? batch.labels.subarray(from, to) : batch.labels;
			compute(bindFor(piece, { params, gradient, features: featuresHere(features, isPiece) }), labels, from);
			from = to;
		}
	}

	return {
		lossAndGradient(params, batch, gradient) {
			const pieces = programsFor("training", batch.size);
			const target = pieces.length === 1 && isHere(gradient) ? gradient : guestVectors().gradient;
			const places = { params: paramsHere(params).byteOffset, gradient: target.byteOffset, batch };
			let lossSum = 0;
			forEachPiece(pieces, places, (program, labels, from) => {
				program.forward();
				lossSum += crossEntropy(program.logits, labels, program.slopes, batch.size).lossSum;
				program.backward();
				if (target !== gradient) {
					if (from === 0) gradient.set(target);
					else arithmetic.addScaled(gradient, 1, target);
				}
				for (const { offset, values } of program.bufferUpdates) params.set(values, offset);
			});
			for (const { offset, size } of buffers) gradient.fill(0, offset, offset + size);
			return lossSum / batch.size;
		},
		evaluate(params, batch) {
			const pieces = programsFor("evaluation", batch.size);
			const places = { params: paramsHere(params).byteOffset, gradient: 0, batch };
			let [lossSum, numCorrect] = [0, 0];
			forEachPiece(pieces, places, (program, labels) => {
				program.forward();
				const piece = crossEntropy(program.logits, labels);
				lossSum += piece.lossSum;
				numCorrect += piece.numCorrect;
			});
			return { lossSum, numCorrect, numExamples: batch.size };
		},
		openWorkspace: () => machineWorkspace(memory, layout.size),
		prepare: (kind, batchSize) => void programsFor(kind, batchSize),
	};
}

function isSame(one: Places, other: Places): boolean {
	return one.params === other.params && one.gradient === other.gradient && one.features === other.features;
}

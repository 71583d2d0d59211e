import type { Address } from "../kernels/simd.ts";
import type { RunnableNetwork } from "../model/forward.ts";
import type { NativeProducts } from "../native/native-products.ts";
import { pieceSizes, separatesExamples, type TracedPass } from "./batch-pieces.ts";
import type { KernelMemory } from "./kernel-memory.ts";
import { NotLowered } from "./operations/operation.ts";
import { compileProgram, type Program, type ProgramSource } from "./program.ts";
import { simplify, withoutUnread } from "./simplify.ts";
import { traceEvaluation, traceTraining } from "./trace.ts";

/** What compiled steps run on, one for each thread. */
export interface CompilerTools {
	readonly memory: KernelMemory;
	/** Without it, the SIMD functions multiply matrices too. */
	readonly products: NativeProducts | undefined;
}

export type ProgramKind = "training" | "evaluation";

/** A program and its constants in the memory. */
export interface PlacedProgram {
	/** Kind and number of examples. */
	readonly key: string;
	readonly numExamples: number;
	readonly program: Program;
	readonly constants: Address;
}

/** A program that needs a larger part of the memory than this is left to TensorFlow.js. */
const largestShare = 0.5;

/**
 * The programs of a network, each compiled when it is first asked for: those for the pieces of a batch of that size, in
 * order. Every thread gets the same, whatever it has compiled before, and so computes the same bits. Throws `NotLowered`.
 */
export function networkPrograms(
	network: RunnableNetwork,
	{ memory, products }: CompilerTools,
): (kind: ProgramKind, batchSize: number) => readonly PlacedProgram[] {
	const { tf, layout, featureShape } = network;
	const placed = new Map<string, PlacedProgram>();
	/** By batch size. */
	const plans = {
		training: new Map<number, readonly PlacedProgram[] | NotLowered>(),
		evaluation: new Map<number, readonly PlacedProgram[] | NotLowered>(),
	};
	const rowsPerExample = network.layers.multiplyAdds / layout.size;

	function trace(kind: ProgramKind, batchSize: number): ProgramSource {
		const request = { network, featureShape, batchSize };
		if (kind === "training") return simplify(traceTraining(tf, request));
		const { nodes, logits } = traceEvaluation(tf, request);
		const read = withoutUnread(nodes, [logits]);
		const source = { nodes: read, forwardNodes: read.length, logits };
		return { ...source, gradients: new Map(), bufferUpdates: new Map() };
	}

	const compile = (source: ProgramSource) => compileProgram(source, layout, { tf, products });

	function place(kind: ProgramKind, numExamples: number, program: Program): PlacedProgram {
		const key = `${kind} ${numExamples}`;
		let found = placed.get(key);
		if (found === undefined) {
			const bytes = program.workBytes + program.constants.byteLength;
			if (bytes > largestShare * memory.memory.buffer.byteLength) {
				throw new NotLowered(`a batch of ${numExamples}, which needs ${Math.ceil(bytes / 2 ** 20)} MiB`);
			}
			const constants = memory.allocate(program.constants.byteLength);
			memory.floats(constants, program.constants.length).set(program.constants);
			found = { key, numExamples, program, constants };
			placed.set(key, found);
		}
		return found;
	}

	function plan(kind: ProgramKind, batchSize: number): readonly PlacedProgram[] {
		const whole = trace(kind, batchSize);
		const program = compile(whole);
		const sizes = pieceSizes(batchSize, { workBytes: program.workBytes, rowsPerExample });
		if (sizes.length > 1 && whole.bufferUpdates.size === 0) {
			const pieces = [...new Set(sizes)].map((size) => [size, trace(kind, size)] as const);
			const pass = passOf(whole, batchSize);
			if (pieces.every(([size, piece]) => separatesExamples(pass, passOf(piece, size)))) {
				const programs = new Map(pieces.map(([size, piece]) => [size, place(kind, size, compile(piece))]));
				return sizes.map((size) => programs.get(size) as PlacedProgram);
			}
		}
		return [place(kind, batchSize, program)];
	}

	return (kind, batchSize) => {
		let found = plans[kind].get(batchSize);
		if (found === undefined) {
			try {
				found = plan(kind, batchSize);
			} catch (thrown) {
				if (!(thrown instanceof NotLowered)) throw thrown;
				found = thrown;
			}
			plans[kind].set(batchSize, found);
		}
		if (found instanceof NotLowered) throw found;
		return found;
	};
}

function passOf({ nodes, forwardNodes }: ProgramSource, numExamples: number): TracedPass {
	return { nodes: nodes.slice(0, forwardNodes), numExamples };
}

import type { Layout, LayoutPart } from "@fl-sim/core";
import type { Routine } from "../kernels/routine.ts";
import { type Lifetime, planMemory } from "./memory-plan.ts";
import type { Lowering, LoweringContext } from "./operations/operation.ts";
import { NotLowered } from "./operations/operation.ts";
import { operations } from "./operations/registry.ts";
import type { TracedNode, TracedTensor, TracedValue } from "./traced-graph.ts";

/** Blocks of memory that a program works on; where each begins is known when it is bound. */
export type Block = "params" | "gradient" | "features" | "constants" | "work";

/** A place in memory, `offset` in bytes. */
export interface Place {
	readonly block: Block;
	readonly offset: number;
}

export interface Instruction {
	readonly routine: Routine;
	/** Of the routine's operands, the result last. */
	readonly operands: readonly Place[];
	readonly scratch: readonly Place[];
}

/** A step as a list of routines on planned places. */
export interface Program {
	readonly forward: readonly Instruction[];
	readonly backward: readonly Instruction[];
	/** What the block `constants` holds. */
	readonly constants: Float32Array;
	readonly workBytes: number;
	/** `[n, classes]`, to be read between the two lists. */
	readonly logits: Place;
	readonly numLogits: number;
	/** `[n, classes]`, to be written between the two lists. */
	readonly slopes: Place | undefined;
	/** Where the next values of `buffer` parts are at the end. */
	readonly bufferUpdates: readonly { readonly part: LayoutPart; readonly place: Place }[];
}

/** What a program is made of: `TracedStep` for training, without the optional members for an evaluation. */
export interface ProgramSource {
	readonly nodes: readonly TracedNode[];
	readonly forwardNodes: number;
	readonly logits: TracedTensor;
	readonly slopes?: TracedValue;
	readonly gradients: ReadonlyMap<string, TracedTensor>;
	readonly bufferUpdates: ReadonlyMap<string, TracedTensor>;
}

/** Chooses a routine for every node and a place for every value. Throws `NotLowered`. */
export function compileProgram(source: ProgramSource, layout: Layout, context: LoweringContext): Program {
	const lowerings = source.nodes.map((node) => {
		const operation = operations[node.kernel];
		if (operation === undefined) throw new NotLowered(node.kernel);
		return operation.lower(node, context);
	});
	const constants = collectConstants(lowerings);
	const fixed = fixedPlaces(source, layout, constants.offsets);
	const times = timesOf(source, lowerings);
	const storage = sharedStorage(source, { lowerings, times, fixed });
	const memory = planMemory(
		lifetimes(storage, times),
		instructionTimes(source).flatMap((time) => (time < 0 ? [[]] : [lowerings[time]?.routine.scratch ?? []])),
	);
	const placeOf = (value: TracedValue): Place => {
		const place = fixed.get(value);
		if (place !== undefined) return place;
		const offset = memory.offsets.get(storage.get(value) ?? value);
		if (offset === undefined) throw new NotLowered("a value that nothing computes");
		return { block: "work", offset };
	};
	const instructions = source.nodes.map(({ output }, index): Instruction => {
		const { routine, operands } = lowerings[index] as Lowering;
		const scratch = memory.scratch[timeOf(source, index)] ?? [];
		return {
			routine,
			operands: [...operands.map(({ value }) => placeOf(value)), placeOf(output.value)],
			scratch: scratch.map((offset) => ({ block: "work", offset })),
		};
	});
	return {
		forward: instructions.slice(0, source.forwardNodes),
		backward: instructions.slice(source.forwardNodes),
		constants: constants.values,
		workBytes: memory.bytes,
		logits: placeOf(source.logits.value),
		numLogits: source.logits.value.size,
		slopes: source.slopes && placeOf(source.slopes),
		bufferUpdates: [...source.bufferUpdates].map(([name, { value }]) => ({
			part: partNamed(layout, name),
			place: placeOf(value),
		})),
	};
}

function partNamed(layout: Layout, name: string): LayoutPart {
	const part = layout.parts.find((candidate) => candidate.name === name);
	if (part === undefined) throw new RangeError(`no part is named ${name}`);
	return part;
}

/** When a node is computed; the loss takes the moment between forward and backward nodes. */
function timeOf({ forwardNodes }: ProgramSource, node: number): number {
	return node < forwardNodes ? node : node + 1;
}

/** The node that is computed at each moment, -1 for the loss. */
function instructionTimes(source: ProgramSource): number[] {
	const times = source.nodes.map((_, index) => index);
	times.splice(source.forwardNodes, 0, -1);
	return times;
}

function collectConstants(lowerings: readonly Lowering[]): {
	readonly values: Float32Array;
	readonly offsets: ReadonlyMap<TracedValue, number>;
} {
	const offsets = new Map<TracedValue, number>();
	const all: number[] = [];
	for (const { value } of lowerings.flatMap(({ operands }) => operands)) {
		if (value.origin.kind !== "constant" || offsets.has(value)) continue;
		offsets.set(value, all.length * 4);
		for (const scalar of value.origin.values) all.push(scalar);
	}
	return { values: Float32Array.from(all), offsets };
}

/** Places outside the block `work`. */
function fixedPlaces(
	source: ProgramSource,
	layout: Layout,
	constants: ReadonlyMap<TracedValue, number>,
): Map<TracedValue, Place> {
	const places = new Map<TracedValue, Place>();
	for (const [value, offset] of constants) places.set(value, { block: "constants", offset });
	for (const { value } of source.nodes.flatMap(({ inputs }) => Object.values(inputs))) {
		if (value.origin.kind === "part") {
			places.set(value, { block: "params", offset: partNamed(layout, value.origin.name).offset * 4 });
		}
		if (value.origin.kind === "features") places.set(value, { block: "features", offset: 0 });
	}
	for (const [name, { value }] of source.gradients) {
		if (value.origin.kind !== "node" || places.has(value)) {
			throw new NotLowered(`a gradient of ${name} that no kernel of its own computes`);
		}
		places.set(value, { block: "gradient", offset: partNamed(layout, name).offset * 4 });
	}
	return places;
}

interface Times {
	readonly made: ReadonlyMap<TracedValue, number>;
	readonly lastRead: ReadonlyMap<TracedValue, number>;
}

function timesOf(source: ProgramSource, lowerings: readonly Lowering[]): Times {
	const made = new Map<TracedValue, number>();
	const lastRead = new Map<TracedValue, number>();
	if (source.slopes !== undefined) made.set(source.slopes, source.forwardNodes);
	for (const [index, { output }] of source.nodes.entries()) {
		const time = timeOf(source, index);
		made.set(output.value, time);
		for (const { value } of (lowerings[index] as Lowering).operands) lastRead.set(value, time);
	}
	const readAt = (value: TracedValue, time: number) =>
		lastRead.set(value, Math.max(time, lastRead.get(value) ?? 0));
	readAt(source.logits.value, source.forwardNodes);
	for (const { value } of source.bufferUpdates.values()) readAt(value, source.nodes.length + 1);
	return { made, lastRead };
}

/** Results that are written over an operand which nobody reads afterwards, each with the value whose place it takes. */
function sharedStorage(
	source: ProgramSource,
	{
		lowerings,
		times,
		fixed,
	}: {
		readonly lowerings: readonly Lowering[];
		readonly times: Times;
		readonly fixed: ReadonlyMap<TracedValue, Place>;
	},
): ReadonlyMap<TracedValue, TracedValue> {
	const storage = new Map<TracedValue, TracedValue>();
	for (const [index, { output }] of source.nodes.entries()) {
		const { operands, inPlace = [] } = lowerings[index] as Lowering;
		const time = timeOf(source, index);
		const overwritten = inPlace
			.map((operand) => (operands[operand] as TracedTensor).value)
			.find(
				(value) =>
					value.size === output.value.size &&
					times.made.has(value) &&
					!fixed.has(value) &&
					times.lastRead.get(value) === time &&
					operands.filter((operand) => operand.value === value).length === 1,
			);
		if (overwritten === undefined || fixed.has(output.value)) continue;
		storage.set(output.value, storage.get(overwritten) ?? overwritten);
	}
	for (const value of times.made.keys()) {
		if (!fixed.has(value) && !storage.has(value)) storage.set(value, value);
	}
	return storage;
}

function lifetimes(storage: ReadonlyMap<TracedValue, TracedValue>, times: Times): Lifetime[] {
	const found = new Map<TracedValue, Lifetime>();
	for (const [value, root] of storage) {
		const made = times.made.get(value) ?? 0;
		const { from, to } = found.get(root) ?? { from: made, to: made };
		found.set(root, {
			value: root,
			from: Math.min(from, made),
			to: Math.max(to, times.lastRead.get(value) ?? made),
		});
	}
	return [...found.values()];
}

import {
	type AnyAlgorithm,
	type Download,
	type Fold,
	firstNotFinite,
	messageOf,
	type PayloadOf,
	type PayloadShape,
	type PayloadSpec,
	personalTask,
	type RandomStream,
	type RoundContext,
	type StateValue,
	type Task,
	type Vector,
} from "@fl-sim/core";
import { type CompressedPayload, compressedPayload, uncompressedPayload } from "./compressed-payload.ts";
import { errorFeedback, type Memory, noMemory } from "./error-feedback.ts";
import { type CompressorOptions, createCompressor } from "./registry.ts";

/** What is compressed how; a direction without compressor stays as it is. */
export interface Compression {
	readonly up?: CompressorOptions | undefined;
	readonly down?: CompressorOptions | undefined;
}

/** What a round measures where uploads are entropy coded; their bytes as sent are in the ledger. */
const measuredBytes = "bytes of compressed vectors up, before entropy coding";

type AnyTask = Task<unknown, PayloadSpec, PayloadSpec, StateValue>;
type AnyPayload = PayloadOf<PayloadSpec>;

/** How a task's payloads travel. */
interface TaskForms {
	down(shape: PayloadShape<unknown>): CompressedPayload;
	up(shape: PayloadShape<unknown>): CompressedPayload;
}

/**
 * The same method with vectors that travel compressed. It sees what arrives: clients train from the decoded broadcast, the server
 * folds decoded uploads. Payloads of services are left alone, as are answers of tasks that only observe.
 *
 * With error feedback a client's state holds the residual of each field that it has sent. Those of a lost client stay as
 * they were, like the rest of its state.
 */
export function compress(algorithm: AnyAlgorithm, { up, down }: Compression): AnyAlgorithm {
	const uplink = up && createCompressor(up);
	const downlink = down && createCompressor(down);
	const memory = uplink?.needsErrorFeedback === true ? errorFeedback : noMemory;

	const formsOf = (task: AnyTask): TaskForms => ({
		down: (shape) =>
			downlink === undefined
				? uncompressedPayload(task.down(shape))
				: compressedPayload(task.down(shape), downlink, shape.layout),
		up: (shape) =>
			uplink === undefined || task.onlyObserves === true
				? uncompressedPayload(task.up(shape))
				: compressedPayload(task.up(shape), uplink, shape.layout),
	});
	const formsOfTask = (name: string): TaskForms | undefined => {
		const task = algorithm.tasks[name];
		return task && formsOf(task);
	};

	const sendForEvaluation = algorithm.sendForEvaluation?.bind(algorithm);
	return {
		name: algorithm.name,
		paper: algorithm.paper,
		options: algorithm.options,
		tasks: Object.fromEntries(
			Object.entries(algorithm.tasks).map(([name, task]) => [
				name,
				compressedTask(name, task, { forms: formsOf(task), memory }),
			]),
		),
		initServer: (context, params) => algorithm.initServer(context, params),
		initClient: (context) => memory.first(algorithm.initClient(context)),
		params: (server) => algorithm.params(server),
		async round(context, server) {
			let bytesBeforeCoding = 0;
			const compressed = compressedRound(context, formsOfTask, (numBytes) => {
				bytesBeforeCoding += numBytes;
			});
			const next = await algorithm.round(compressed, server);
			if (uplink?.entropy === true) context.measure(measuredBytes, bytesBeforeCoding);
			return next;
		},
		...(sendForEvaluation && {
			sendForEvaluation: (server, context) =>
				encodedDownload(
					sendForEvaluation(server, context),
					formsOfTask(personalTask)?.down(context),
					context.random.derive("compression", personalTask),
				),
		}),
	};
}

function compressedTask(
	name: string,
	task: AnyTask,
	{ forms, memory }: { readonly forms: TaskForms; readonly memory: Memory },
): AnyTask {
	return {
		down: (shape) => forms.down(shape).spec,
		up: (shape) => forms.up(shape).spec,
		...(task.services && { services: task.services }),
		...(task.onlyObserves && { onlyObserves: task.onlyObserves }),
		problemOf(up, shape) {
			const form = forms.up(shape);
			try {
				const decoded = form.decode(up);
				const field = form.fields.find((name) => firstNotFinite(decoded[name] as Vector) >= 0);
				if (field !== undefined) return `${field} holds numbers that are not finite`;
				return task.problemOf?.(decoded, shape);
			} catch (error) {
				return messageOf(error);
			}
		},
		async run(context, down, state) {
			const shape = { layout: context.model.layout, options: context.options };
			const received = forms.down(shape).decode(down);
			const { up, client: own, report } = await task.run(context, received, memory.own(state));
			const random = context.random.derive("compression", name);
			return { ...memory.send(state, { task: name, up, own, form: forms.up(shape), random }), report };
		},
	};
}

/** A round whose exchanges send encoded broadcasts and fold decoded uploads. */
function compressedRound(
	context: RoundContext<unknown>,
	formsOf: (task: string) => TaskForms | undefined,
	countUp: (bytesBeforeCoding: number) => void,
): RoundContext<unknown> {
	let exchanges = 0;
	return {
		...context,
		async exchange(request) {
			const forms = formsOf(request.task);
			if (forms === undefined) return await context.exchange(request);
			exchanges += 1;
			const random = context.random.derive("compression", exchanges);
			const up = forms.up(context);
			const result = await context.exchange({
				...request,
				down: encodedDownload(request.down, forms.down(context), random),
				fold: decodingFold(request.fold, up),
			});
			countUp(result.replied.length * up.bytesBeforeCoding);
			return result;
		},
	};
}

/** A broadcast is encoded once, what is meant for one client for each. */
function encodedDownload(
	down: Download<PayloadSpec>,
	form: CompressedPayload | undefined,
	random: RandomStream,
): Download<PayloadSpec> {
	if (form === undefined) return down;
	if (typeof down !== "function") return form.encode(down, random);
	return (client) => form.encode(down(client), random.derive(client));
}

/** A fold of encoded uploads; `form` decodes to what `fold` takes. */
function decodingFold<Up extends PayloadSpec, Partial, Aggregate>(
	fold: Fold<PayloadOf<Up>, Partial, Aggregate>,
	form: CompressedPayload,
): Fold<AnyPayload, Partial, Aggregate> {
	const decode = (up: AnyPayload) => form.decode(up) as PayloadOf<Up>;
	const decoding: Fold<AnyPayload, Partial, Aggregate> = {
		leaf: (up, client) => fold.leaf(decode(up), client),
		merge: (left, right) => fold.merge(left, right),
		finish: (total) => fold.finish(total),
	};
	if (fold.mergeLeaf === undefined) return decoding;
	const mergeLeaf = fold.mergeLeaf.bind(fold);
	return { ...decoding, mergeLeaf: (left, up, client) => mergeLeaf(left, decode(up), client) };
}

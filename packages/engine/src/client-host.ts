import {
	type AnyAlgorithm,
	type ClientContext,
	type FederatedDataset,
	FlSimError,
	type LocalTraining,
	type Model,
	messageOf,
	randomStream,
	type StateValue,
} from "@fl-sim/core";
import { decodePayload, encodePayload } from "@fl-sim/wire";
import { initialParams } from "./initial-params.ts";
import type { Serve, TaskReply, TaskRequest } from "./link.ts";

/** Local training of a round, before the system model says how much of it a client gets done. */
export type RoundTraining = Omit<LocalTraining, "workFraction">;

/** All that a client needs to answer tasks, wherever it runs. */
export interface ClientHostSettings {
	readonly algorithm: AnyAlgorithm;
	readonly options: unknown;
	readonly model: Model;
	readonly dataset: FederatedDataset;
	readonly seed: number;
	training(round: number): RoundTraining;
	evaluation(round: number): ClientContext<unknown>["evaluation"];
}

/** A client's side of an exchange; `state` is undefined before the client's first task. */
export type ClientHost = (
	request: TaskRequest,
	state: StateValue | undefined,
	serve: Serve,
) => Promise<{ readonly reply: TaskReply; readonly state: StateValue }>;

/** Decodes a task, runs it on the client's data, encodes the answer. The same code in every link. */
export function createClientHost(settings: ClientHostSettings): ClientHost {
	const { algorithm, model, options } = settings;
	const shape = { layout: model.layout, options };
	return async (request, state, serve) => {
		const started = performance.now();
		const task = algorithm.tasks[request.task];
		if (task === undefined) {
			throw new FlSimError("FL_CLIENT_FAILED", `${algorithm.name} has no task ${request.task}`);
		}
		try {
			const context = contextOf(settings, request, serve);
			const down = decodePayload(task.down(shape), model.layout.size, request.payload);
			const result = await task.run(context, down, state ?? algorithm.initClient(context));
			const payload = encodePayload(task.up(shape), model.layout.size, result.up);
			const wallSeconds = (performance.now() - started) / 1000;
			return {
				reply: { status: "replied", payload, report: result.report, wallSeconds },
				state: task.onlyObserves === true ? (state ?? null) : result.client,
			};
		} catch (error) {
			throw withPlace(error, request);
		}
	};
}

function contextOf(settings: ClientHostSettings, request: TaskRequest, serve: Serve): ClientContext<unknown> {
	const { round, client, workFraction } = request;
	const { model, options, seed } = settings;
	const { layout } = model;
	const shape = { layout, options };
	return {
		options,
		round,
		client,
		model,
		data: settings.dataset.client(client, round),
		training: { ...settings.training(round), workFraction },
		random: randomStream(seed, "client", client, "round", round),
		evaluation: settings.evaluation(round),
		initialParams: () => initialParams(model, seed),
		async call(service, ask) {
			const answer = await serve(service.name, encodePayload(service.ask(shape), layout.size, ask));
			return decodePayload(service.answer(shape), layout.size, answer);
		},
	};
}

/** Says in which round and client an error happened, unless the error says so itself. */
function withPlace(error: unknown, { task, round, client }: TaskRequest): FlSimError {
	if (error instanceof FlSimError && "client" in error.details) return error;
	const code = error instanceof FlSimError ? error.code : "FL_CLIENT_FAILED";
	const fix = error instanceof FlSimError && error.fix !== undefined ? { fix: error.fix } : {};
	const message = `task ${task} failed: round ${round}, client ${client}: ${messageOf(error)}`;
	return new FlSimError(code, message, { ...fix, cause: error, details: { task, round, client } });
}

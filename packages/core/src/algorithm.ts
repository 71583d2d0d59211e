import type { ClientMatrix } from "./event.ts";
import type { ClientSplit } from "./examples.ts";
import type { Fold } from "./fold.ts";
import type { Layout } from "./layout.ts";
import type { BatchEvaluation, Model } from "./model.ts";
import type { PayloadOf, PayloadShape, PayloadSpec } from "./payload.ts";
import { personalEvaluationTask, personalTask } from "./personal-models.ts";
import type { RandomStream } from "./random.ts";
import type { OptionsSchema } from "./schema.ts";
import type { StateValue } from "./state.ts";
import type { LocalTraining, ServerOptimizer } from "./training.ts";
import type { Vector } from "./vector.ts";

/** Where a method comes from. */
export interface Paper {
	readonly title: string;
	readonly authors: string;
	readonly year: number;
	readonly url: string;
	/** The listing followed, and each deviation from it. */
	readonly notes: string;
}

/** All that code on a client may read. */
export interface ClientContext<Options> {
	readonly options: Options;
	/** From 1. */
	readonly round: number;
	readonly client: number;
	readonly model: Model;
	readonly data: ClientSplit;
	readonly training: LocalTraining;
	/** Stream of this client in this round; derive one per purpose. */
	readonly random: RandomStream;
	readonly evaluation: {
		readonly batchSize: number;
		/** Whether the trained model is to be evaluated on the client's own test examples in this round. */
		readonly afterTraining: boolean;
	};
	/** The model that the run starts with, made from the seed: a new vector `[d]`. Nothing travels for it. */
	initialParams(): Vector;
	/** Asks the server in the middle of a task, one question after the other. Both payloads are paid for. */
	call<Ask extends PayloadSpec, Answer extends PayloadSpec>(
		service: Service<Options, Ask, Answer>,
		ask: PayloadOf<Ask>,
	): Promise<PayloadOf<Answer>>;
}

/** A question that a running task may ask the server: the other half of a model that is split, for instance. */
export interface Service<
	Options = unknown,
	Ask extends PayloadSpec = PayloadSpec,
	Answer extends PayloadSpec = PayloadSpec,
> {
	readonly name: string;
	ask(shape: PayloadShape<Options>): Ask;
	answer(shape: PayloadShape<Options>): Answer;
}

/** All that code on the server may read. */
export interface ServerContext<Options> {
	readonly options: Options;
	/** From 1; 0 in `initServer`. */
	readonly round: number;
	readonly layout: Layout;
	/** Number of registered clients, N. */
	readonly population: number;
	readonly serverOptimizer: ServerOptimizer;
	/** Stream of the server in this round. */
	readonly random: RandomStream;
}

/** What a client tells about its training besides the payload: metrics only, no algorithm may use them. */
export interface ClientReport {
	/** Mean of the mini-batch losses of this round, in nats. */
	readonly trainLoss: number;
	readonly numExamples: number;
	/** Optimizer steps taken. */
	readonly steps: number;
	/** The trained model on the client's own test examples, before any aggregation, where that was asked for. */
	readonly ownTest?: BatchEvaluation;
}

/** Work that runs where the data is. `client` is the client's own state, which never leaves it. */
export interface Task<Options, Down extends PayloadSpec, Up extends PayloadSpec, Client extends StateValue> {
	down(shape: PayloadShape<Options>): Down;
	up(shape: PayloadShape<Options>): Up;
	/** What it may ask the server. */
	readonly services?: readonly Service<Options>[];
	/** The client's state stays as it is, whatever `run` returns. */
	readonly onlyObserves?: true;
	/** What is wrong with an upload whose fields are well-formed, in words: where the bytes in a field have a form of their own. */
	problemOf?(up: PayloadOf<Up>, shape: PayloadShape<Options>): string | undefined;
	run(
		context: ClientContext<Options>,
		down: PayloadOf<Down>,
		client: Client,
	): Promise<{ readonly up: PayloadOf<Up>; readonly client: Client; readonly report: ClientReport }>;
}

/** The same payload for all, encoded once, or one for each client. */
export type Download<Down extends PayloadSpec> = PayloadOf<Down> | ((client: number) => PayloadOf<Down>);

/** One exchange with clients. `to` lists clients in cohort order: their places are the leaves of the fold's tree. */
export interface ExchangeRequest<Down extends PayloadSpec, Up extends PayloadSpec, Partial, Aggregate> {
	/** Name of one of the algorithm's tasks. */
	readonly task: string;
	readonly to: readonly number[];
	readonly down: Download<Down>;
	readonly fold: Fold<PayloadOf<Up>, Partial, Aggregate>;
	/**
	 * Answers the questions of the task's services, by their names. Clients ask in any order, each its own questions one
	 * after the other: an answer may depend on what the same client asked before, on nothing of another client.
	 */
	readonly serve?: Readonly<Record<string, ServiceHandler>>;
}

/** Answers a client's question. */
export type ServiceHandler = (
	client: number,
	ask: PayloadOf<PayloadSpec>,
) => PayloadOf<PayloadSpec> | Promise<PayloadOf<PayloadSpec>>;

export interface ExchangeResult<Aggregate> {
	/** Undefined when no client answered. */
	readonly aggregate: Aggregate | undefined;
	/** Clients that answered, in cohort order. */
	readonly replied: readonly number[];
}

/** A round, seen from the server: clients are reached through `exchange` only. */
export interface RoundContext<Options> extends ServerContext<Options> {
	/** Clients selected for this round. */
	readonly cohort: readonly number[];
	/** Tells how the method does, by a name that reads well in a report; nothing depends on it. */
	measure(name: string, value: number | ClientMatrix): void;
	exchange<Down extends PayloadSpec, Up extends PayloadSpec, Partial, Aggregate>(
		request: ExchangeRequest<Down, Up, Partial, Aggregate>,
	): Promise<ExchangeResult<Aggregate>>;
}

/**
 * A federated method, as a value. States are passed in and returned, never kept on the algorithm and never
 * changed in place. Methods are declared in method syntax so that a typed algorithm is an `AnyAlgorithm`.
 */
export interface FederatedAlgorithm<Options, Server extends StateValue, Client extends StateValue> {
	readonly name: string;
	readonly paper: Paper;
	/** Validates the scenario's `algorithm` section. */
	readonly options: OptionsSchema<Options>;
	readonly tasks: Readonly<Record<string, Task<Options, PayloadSpec, PayloadSpec, Client>>>;
	/** Server state before round 1. */
	initServer(context: ServerContext<Options>, params: Vector): Server;
	/** State of a client before it takes part for the first time; `null` for stateless clients. */
	initClient(context: ClientContext<Options>): Client;
	/** The current global model, for evaluation and for the final weights. */
	params(server: Server): Vector;
	/** One round: exchanges with clients, then the new server state. */
	round(context: RoundContext<Options>, server: Server): Promise<Server>;
	/**
	 * Where clients have models of their own: what each is sent so that the task `evaluate` can tell how its model does
	 * after the round. Undefined where everybody uses the global model.
	 */
	sendForEvaluation?(server: Server, context: ServerContext<Options>): Download<PayloadSpec>;
}

/** An algorithm whose types the holder does not know: what registries and the engine see. */
export type AnyAlgorithm = FederatedAlgorithm<unknown, StateValue, StateValue>;

/**
 * The common form: one task, one broadcast, one fold. Enough for every method whose round is
 * "send the same thing to all, train, aggregate, update".
 */
export interface CommonForm<
	Options,
	Down extends PayloadSpec,
	Up extends PayloadSpec,
	Partial,
	Aggregate,
	Server extends StateValue,
	Client extends StateValue,
> {
	readonly name: string;
	readonly paper: Paper;
	readonly options: OptionsSchema<Options>;
	downlink(shape: PayloadShape<Options>): Down;
	uplink(shape: PayloadShape<Options>): Up;
	readonly aggregate: Fold<PayloadOf<Up>, Partial, Aggregate>;
	initServer(context: ServerContext<Options>, params: Vector): Server;
	initClient(context: ClientContext<Options>): Client;
	params(server: Server): Vector;
	/** What each client of the cohort is sent. */
	broadcast(server: Server): PayloadOf<Down>;
	/** The client's own model `[d]`, where clients have one: from the latest broadcast and its state, changing neither. */
	personalModel?(
		context: ClientContext<Options>,
		down: PayloadOf<Down>,
		client: Client,
	): Vector | Promise<Vector>;
	clientUpdate(
		context: ClientContext<Options>,
		down: PayloadOf<Down>,
		client: Client,
	): Promise<{ readonly up: PayloadOf<Up>; readonly client: Client; readonly report: ClientReport }>;
	/** Not called when nobody answered: then the server state stays. */
	serverUpdate(context: ServerContext<Options>, server: Server, aggregate: Aggregate): Server;
}

/** Turns the common form into the general form; its one task is called `train`. */
export function defineAlgorithm<
	Options,
	Down extends PayloadSpec,
	Up extends PayloadSpec,
	Partial,
	Aggregate,
	Server extends StateValue,
	Client extends StateValue,
>(
	form: CommonForm<Options, Down, Up, Partial, Aggregate, Server, Client>,
): FederatedAlgorithm<Options, Server, Client> {
	const train: Task<Options, Down, Up, Client> = {
		down: (shape) => form.downlink(shape),
		up: (shape) => form.uplink(shape),
		run: (context, down, client) => form.clientUpdate(context, down, client),
	};
	const personalModel = form.personalModel?.bind(form);
	return {
		name: form.name,
		paper: form.paper,
		options: form.options,
		...(personalModel === undefined
			? { tasks: { train } }
			: {
					tasks: {
						train,
						[personalTask]: personalEvaluationTask<Options, Down, Client>({
							down: (shape) => form.downlink(shape),
							model: (...call) => personalModel(...call),
						}),
					},
					sendForEvaluation: (server: Server) => form.broadcast(server),
				}),
		initServer: (context, params) => form.initServer(context, params),
		initClient: (context) => form.initClient(context),
		params: (server) => form.params(server),
		async round(context, server) {
			const { aggregate } = await context.exchange({
				task: "train",
				to: context.cohort,
				down: form.broadcast(server),
				fold: form.aggregate,
			});
			return aggregate === undefined ? server : form.serverUpdate(context, server, aggregate);
		},
	};
}

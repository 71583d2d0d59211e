import type { ClientSplit } from "./examples.ts";
import type { Fold } from "./fold.ts";
import type { Layout } from "./layout.ts";
import type { Model } from "./model.ts";
import type { PayloadOf, PayloadSpec } from "./payload.ts";
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
	/** Asks the server in the middle of a task, one question after the other. Both payloads are paid for. */
	call<Ask extends PayloadSpec, Answer extends PayloadSpec>(
		service: Service<Ask, Answer>,
		ask: PayloadOf<Ask>,
	): Promise<PayloadOf<Answer>>;
}

/** A question that a running task may ask the server: the other half of a model that is split, for instance. */
export interface Service<Ask extends PayloadSpec = PayloadSpec, Answer extends PayloadSpec = PayloadSpec> {
	readonly name: string;
	readonly ask: Ask;
	readonly answer: Answer;
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
}

/** Work that runs where the data is. `client` is the client's own state, which never leaves it. */
export interface Task<Options, Down extends PayloadSpec, Up extends PayloadSpec, Client extends StateValue> {
	readonly down: Down;
	readonly up: Up;
	/** What it may ask the server. */
	readonly services?: readonly Service[];
	run(
		context: ClientContext<Options>,
		down: PayloadOf<Down>,
		client: Client,
	): Promise<{ readonly up: PayloadOf<Up>; readonly client: Client; readonly report: ClientReport }>;
}

/** One exchange with clients. `to` lists clients in cohort order: their places are the leaves of the fold's tree. */
export interface ExchangeRequest<Down extends PayloadSpec, Up extends PayloadSpec, Partial, Aggregate> {
	/** Name of one of the algorithm's tasks. */
	readonly task: string;
	readonly to: readonly number[];
	/** The same payload for all, encoded once, or one for each client. */
	readonly down: PayloadOf<Down> | ((client: number) => PayloadOf<Down>);
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
	readonly downlink: Down;
	readonly uplink: Up;
	readonly aggregate: Fold<PayloadOf<Up>, Partial, Aggregate>;
	initServer(context: ServerContext<Options>, params: Vector): Server;
	initClient(context: ClientContext<Options>): Client;
	params(server: Server): Vector;
	/** What each client of the cohort is sent. */
	broadcast(server: Server): PayloadOf<Down>;
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
		down: form.downlink,
		up: form.uplink,
		run: (context, down, client) => form.clientUpdate(context, down, client),
	};
	return {
		name: form.name,
		paper: form.paper,
		options: form.options,
		tasks: { train },
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

import {
	type AnyAlgorithm,
	type BatchEvaluation,
	FlSimError,
	type PayloadShape,
	type PayloadSpec,
	type StateValue,
	type Task,
	vector,
} from "@fl-sim/core";
import type {
	ClientStates,
	EvaluationJob,
	Evaluator,
	Link,
	LostClient,
	Serve,
	TaskRequest,
} from "@fl-sim/engine";
import type { Checksum } from "@fl-sim/protocol";
import { encodePayload, mostPayloadBytes } from "@fl-sim/wire";
import { problemOf } from "./check-answer.ts";
import { type ClosingRule, ExchangeGroup } from "./exchange-group.ts";
import type { Mailbox } from "./mailbox.ts";
import type { Sessions } from "./sessions.ts";
import { type Outcome, payloadCache, type Work } from "./work.ts";

export interface RemoteSettings {
	readonly algorithm: AnyAlgorithm;
	readonly shape: PayloadShape<unknown>;
	readonly rule: ClosingRule;
	readonly checksum: Checksum;
	/** Evaluates on the central test set, which is here. */
	readonly centralEvaluator: Evaluator;
	/** Told why a client was lost. */
	onLost(loss: {
		readonly round: number;
		readonly client: number;
		readonly reason: string;
		readonly detail: string;
	}): void;
}

/** Clients on other machines, as the engine sees clients. */
export function remoteClients(
	sessions: Sessions,
	settings: RemoteSettings,
): { readonly link: Link; readonly evaluator: Evaluator; readonly clientStates: ClientStates } {
	const { algorithm, shape } = settings;
	const layoutSize = shape.layout.size;
	const payloadOf = payloadCache(settings.checksum);
	const states = stateReferences(sessions);
	let current: ExchangeGroup | undefined;

	async function exchange(request: TaskRequest, signal: AbortSignal, serve: Serve) {
		const { client, round, task } = request;
		const definition = algorithm.tasks[task];
		if (definition === undefined) {
			throw new FlSimError("FL_CLIENT_FAILED", `${algorithm.name} has no task ${task}`);
		}
		const spec = definition.up(shape);
		const { services = [] } = definition;
		if (!sessions.isPresent(client)) return { status: "lost", reason: "unavailable" } satisfies LostClient;
		const key = `${round}.${request.exchange}.${task}`;
		if (current?.key !== key) current = new ExchangeGroup(key, ruleFor(definition));
		const group = current;
		const mailbox = sessions.mailbox(client);
		group.join(mailbox);
		const outcome = await ask(
			mailbox,
			{
				order: {
					type: "task",
					id: key,
					task,
					round,
					workFraction: request.workFraction,
					after: mailbox.stateAfter,
					durable: states.durable(client),
				},
				payload: payloadOf(request.payload),
				serve,
				maxAskBytes: Math.max(
					0,
					...services.map((service) => mostPayloadBytes(service.ask(shape), layoutSize)),
				),
				maxAnswerBytes: mostPayloadBytes(spec, layoutSize),
				check: (answer, { report }) =>
					problemOf(answer, report, {
						spec,
						layoutSize,
						trainExamples: mailbox.trainExamples,
						testExamples: mailbox.testExamples,
						problemOf: (values) => definition.problemOf?.(values, shape),
					}),
			},
			signal,
		);
		group.leave(mailbox, { hasAnswered: outcome.kind === "reply" });
		if (outcome.kind === "reply") return outcome.reply;
		if (outcome.kind === "evaluation")
			throw new FlSimError("FL_CLIENT_FAILED", "a task was answered by an evaluation");
		settings.onLost({ round, client, reason: outcome.reason, detail: outcome.detail });
		return { status: "lost", reason: outcome.reason } satisfies LostClient;
	}

	/** Of those who only tell how they do, all are wanted, and nobody is waited for longer. */
	function ruleFor({ onlyObserves }: Task<unknown, PayloadSpec, PayloadSpec, StateValue>): ClosingRule {
		const { deadlineSeconds } = settings.rule;
		return onlyObserves === true
			? { neededAnswers: Number.POSITIVE_INFINITY, deadlineSeconds, answersBeforeDeadline: 0 }
			: settings.rule;
	}

	/** Waits for the answer or the end of the run, whichever comes first. */
	function ask(mailbox: Mailbox, work: Omit<Work, "settle">, signal: AbortSignal): Promise<Outcome> {
		return new Promise((resolve, reject) => {
			const onAbort = (): void => {
				reject(signal.reason);
				mailbox.withdraw("the run ends", lost("disconnected", "the run ends"));
			};
			signal.addEventListener("abort", onAbort, { once: true });
			mailbox.put({
				...work,
				settle(outcome) {
					signal.removeEventListener("abort", onAbort);
					resolve(outcome);
				},
			});
			if (signal.aborted) onAbort();
		});
	}

	async function evaluateClient(
		job: EvaluationJob & { readonly kind: "client" },
		payload: Uint8Array,
		{ signal, group }: { readonly signal: AbortSignal; readonly group: ExchangeGroup },
	): Promise<BatchEvaluation> {
		const { client, round } = job;
		const nothing = { lossSum: 0, numCorrect: 0, numExamples: 0 };
		if (!sessions.isPresent(client)) return nothing;
		const order = { type: "evaluate", id: group.key, round } as const;
		const mailbox = sessions.mailbox(client);
		group.join(mailbox);
		const outcome = await ask(
			mailbox,
			{
				order,
				payload: payloadOf(payload),
				maxAnswerBytes: 0,
				check: () => "an evaluation has no payload",
			},
			signal,
		);
		group.leave(mailbox, { hasAnswered: outcome.kind === "evaluation" });
		if (outcome.kind === "evaluation") return outcome.sums;
		if (outcome.kind === "lost") {
			settings.onLost({ round, client, reason: outcome.reason, detail: outcome.detail });
		}
		return nothing;
	}

	return {
		link: {
			concurrency: Number.POSITIVE_INFINITY,
			allocate: (byteLength) => new Uint8Array(byteLength),
			exchange,
		},
		evaluator: {
			async evaluate(params, jobs, signal) {
				const payload = encodePayload({ params: vector }, params.length, { params });
				const central = jobs.filter(({ kind }) => kind === "central");
				const centralSums = settings.centralEvaluator.evaluate(params, central, signal);
				const ofThem = jobs.filter((job) => job.kind === "client");
				const { deadlineSeconds } = settings.rule;
				const rule = { neededAnswers: ofThem.length, deadlineSeconds, answersBeforeDeadline: 0 };
				const group = new ExchangeGroup(`${ofThem[0]?.round ?? 0}.evaluation`, rule);
				const clientSums = Promise.all(ofThem.map((job) => evaluateClient(job, payload, { signal, group })));
				const [ofCentral, ofClients] = (await Promise.all([centralSums, clientSums])).map((sums) =>
					sums.values(),
				);
				return jobs.map(({ kind }) => {
					const next = (kind === "central" ? ofCentral : ofClients)?.next();
					return next?.value as BatchEvaluation;
				});
			},
		},
		clientStates: states,
	};
}

function lost(reason: LostClient["reason"], detail: string): Outcome {
	return { kind: "lost", status: "lost", reason, detail };
}

/** Checkpoints that are kept, and the one that may be half written. */
const checkpointsToGoBack = 3;

/**
 * Clients keep their own states; a checkpoint holds after which task the state of each counts. `durable` is the oldest
 * task whose state an intact checkpoint may still ask for.
 */
function stateReferences(sessions: Sessions): ClientStates & { durable(client: number): string | null } {
	const history: ReadonlyMap<number, string>[] = [];

	function remember(references: ReadonlyMap<number, string>): void {
		history.push(references);
		if (history.length > checkpointsToGoBack) history.shift();
	}

	return {
		snapshot() {
			const references = new Map<number, string>();
			for (const { client, stateAfter } of sessions.mailboxes()) {
				if (stateAfter !== null) references.set(client, stateAfter);
			}
			remember(references);
			const clients = [...references.keys()].sort((a, b) => a - b);
			return {
				clients: Uint32Array.from(clients),
				after: clients.map((client) => references.get(client) ?? ""),
			};
		},
		restore(snapshot) {
			const { clients, after } = partsOf(snapshot);
			for (const [i, client] of clients.entries()) sessions.mailbox(client).stateAfter = after[i] ?? null;
			remember(new Map([...clients].map((client, i) => [client, after[i] ?? ""])));
		},
		durable: (client) => (history.length < checkpointsToGoBack ? null : (history[0]?.get(client) ?? null)),
	};
}

function partsOf(snapshot: StateValue): { clients: Uint32Array; after: readonly string[] } {
	if (snapshot !== null && typeof snapshot === "object" && "clients" in snapshot && "after" in snapshot) {
		const { clients, after } = snapshot;
		if (
			clients instanceof Uint32Array &&
			Array.isArray(after) &&
			after.every((id) => typeof id === "string")
		) {
			return { clients, after };
		}
	}
	throw new FlSimError(
		"FL_RUN_CHECKPOINT_CORRUPT",
		"the checkpoint does not say after which tasks its clients' states count: it is not one of a server",
		{ fix: "Go on with `fl-sim resume`." },
	);
}

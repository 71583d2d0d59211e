import {
	type AnyAlgorithm,
	type ClientReport,
	type ExchangeRequest,
	type ExchangeResult,
	FlSimError,
	type LossReason,
	type PayloadOf,
	type PayloadShape,
	type PayloadSpec,
	type RunEvent,
} from "@fl-sim/core";
import { decodePayload, encodePayload } from "@fl-sim/wire";
import { type CanonicalFold, canonicalFold } from "./canonical-fold.ts";
import type { Link } from "./link.ts";
import { serviceDesk } from "./service-desk.ts";
import type { ClientFate } from "./system-model.ts";

/** What an exchange needs to know about the round it is part of. */
export interface ExchangeEnvironment {
	readonly algorithm: AnyAlgorithm;
	readonly shape: PayloadShape<unknown>;
	readonly round: number;
	/** Of this exchange in its round, from 1. */
	readonly number: number;
	readonly link: Link;
	readonly signal: AbortSignal;
	fate(client: number): ClientFate;
	/** Simulated duration of a task of `steps` steps on this client. */
	secondsFor(client: number, steps: number): number;
	/** Called in cohort order, whatever the order of arrival. */
	emit(event: RunEvent): void;
}

type Settled = { readonly client: number; readonly downBytes: number } & (
	| { readonly status: "lost"; readonly reason: LossReason }
	| {
			readonly status: "replied";
			readonly upBytes: number;
			readonly report: ClientReport;
			readonly wallSeconds: number;
	  }
);

/**
 * Sends a task to clients, folds their answers along the canonical tree and reports each client as an event, in
 * cohort order. Payload bytes are those of the encoded payloads.
 *
 * @throws the error of the failing client that comes first in the cohort, whoever fails first: clients are started
 * in cohort order, none after a failure, and those under way are waited for.
 */
export async function exchange<Down extends PayloadSpec, Up extends PayloadSpec, Partial, Aggregate>(
	request: ExchangeRequest<Down, Up, Partial, Aggregate>,
	environment: ExchangeEnvironment,
): Promise<ExchangeResult<Aggregate>> {
	const { algorithm, shape, link } = environment;
	const layoutSize = shape.layout.size;
	const { to } = request;
	const task = algorithm.tasks[request.task];
	if (task === undefined)
		throw new FlSimError("FL_CLIENT_FAILED", `${algorithm.name} has no task ${request.task}`);
	const payloadFor = payloadSource(request, task.down(shape), environment);
	const uplink = task.up(shape);
	const fold = canonicalFold(request.fold, to.length);
	const settled: (Settled | undefined)[] = Array.from({ length: to.length });
	const release = releaseInOrder(settled, (outcome) => report(outcome, request.task, environment));
	const failures = new Map<number, unknown>();
	const { signal } = environment;

	async function reach(slot: number): Promise<void> {
		const client = to[slot] as number;
		const outcome = await reachClient(client, slot, fold);
		settled[slot] = outcome;
		release();
	}

	async function reachClient(client: number, slot: number, into: CanonicalFold<PayloadOf<Up>, Aggregate>) {
		const fate = environment.fate(client);
		if (fate.status === "unavailable") return lose(slot, client, 0, "unavailable");
		const payload = payloadFor(client);
		const downBytes = payload.byteLength;
		if (fate.status !== "answers") return lose(slot, client, downBytes, fate.status);
		const { workFraction } = fate;
		const { round, number } = environment;
		const asked = { round, exchange: number, client, task: request.task, workFraction, payload };
		const conversation = serviceDesk(client, request.serve, { services: task?.services, shape });
		const reply = await link.exchange(asked, signal, conversation.serve);
		const { downBytes: answered, upBytes: called } = conversation.traffic;
		if (reply.status === "lost") {
			return lose(slot, client, reply.reason === "unavailable" ? 0 : downBytes + answered, reply.reason);
		}
		into.add(slot, decodePayload(uplink as Up, layoutSize, reply.payload), client);
		const { report: clientReport, wallSeconds } = reply;
		return {
			status: "replied",
			client,
			downBytes: downBytes + answered,
			upBytes: reply.payload.byteLength + called,
			report: clientReport,
			wallSeconds,
		} as const;
	}

	function lose(slot: number, client: number, downBytes: number, reason: LossReason): Settled {
		fold.skip(slot);
		return { status: "lost", client, downBytes, reason };
	}

	let next = 0;
	async function keepBusy(): Promise<void> {
		while (next < to.length && failures.size === 0 && !signal.aborted) {
			const slot = next++;
			try {
				await reach(slot);
			} catch (error) {
				failures.set(slot, error);
			}
		}
	}
	await Promise.all(Array.from({ length: Math.min(link.concurrency, to.length) }, keepBusy));
	signal.throwIfAborted();
	if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
	const replied = settled.flatMap((outcome) => (outcome?.status === "replied" ? [outcome.client] : []));
	return { aggregate: fold.finish(), replied };
}

/** The encoded payload of each client; a broadcast is encoded once. */
function payloadSource<Down extends PayloadSpec, Up extends PayloadSpec, Partial, Aggregate>(
	{ down }: ExchangeRequest<Down, Up, Partial, Aggregate>,
	spec: PayloadSpec,
	{ shape, link }: ExchangeEnvironment,
): (client: number) => Uint8Array {
	const layoutSize = shape.layout.size;
	const allocate = (byteLength: number) => link.allocate(byteLength);
	if (typeof down === "function") return (client) => encodePayload(spec, layoutSize, down(client), allocate);
	const broadcast = encodePayload(spec, layoutSize, down, allocate);
	return () => broadcast;
}

/** Returns a function that passes on every outcome whose predecessors are all there, once each. */
function releaseInOrder(
	settled: readonly (Settled | undefined)[],
	pass: (outcome: Settled) => void,
): () => void {
	let released = 0;
	return () => {
		for (let outcome = settled[released]; outcome !== undefined; outcome = settled[released]) {
			released += 1;
			pass(outcome);
		}
	};
}

function report(outcome: Settled, phase: string, environment: ExchangeEnvironment): void {
	const { client, downBytes } = outcome;
	const { round } = environment;
	if (outcome.status === "lost") {
		const { reason } = outcome;
		environment.emit({ type: "client.lost", round, phase, client, reason, downBytes, upBytes: 0 });
		return;
	}
	const { upBytes, report: clientReport, wallSeconds } = outcome;
	const simulatedSeconds = environment.secondsFor(client, clientReport.steps);
	environment.emit({
		type: "client.replied",
		round,
		phase,
		client,
		report: clientReport,
		downBytes,
		upBytes,
		simulatedSeconds,
		wallSeconds,
	});
}

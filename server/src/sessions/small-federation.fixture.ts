import { crc32 } from "node:zlib";
import { algorithms } from "@fl-sim/algorithms";
import { type AnyAlgorithm, exampleCount, type FlSimError, vector } from "@fl-sim/core";
import type { Serve } from "@fl-sim/engine";
import { encodePayload } from "@fl-sim/wire";
import { ChangeSignal } from "./change-signal.ts";
import type { ClosingRule } from "./exchange-group.ts";
import { remoteClients } from "./remote-clients.ts";
import { Sessions, type SessionsSettings } from "./sessions.ts";

/** Parameters of the model of these tests. */
export const parameters = 6;
const never = new AbortController().signal;

/** An encoded answer to FedAvg's task. */
export function answer(values: readonly number[], numExamples = 20): Uint8Array {
	const up = { delta: Float32Array.from(values), numExamples };
	return encodePayload({ delta: vector, numExamples: exampleCount }, parameters, up);
}

export const goodAnswer = answer([1, 2, 3, 4, 5, 6]);

export const fedavg = algorithms["fedavg"] as AnyAlgorithm;
const fedAvgAsksNobody = () => Promise.reject(new Error("FedAvg asks nobody"));

/** Sessions and their link around FedAvg, without sockets. */
export function smallFederation(
	change: Partial<SessionsSettings & ClosingRule & { readonly algorithm: AnyAlgorithm }> = {},
) {
	const { neededAnswers = 10, deadlineSeconds = 600, answersBeforeDeadline = 0 } = change;
	const refusals: FlSimError[] = [];
	const losses: string[] = [];
	const sessions = new Sessions({
		software: "fl-sim test",
		authentication: "none",
		checkToken: () => Promise.resolve(false),
		checksum: crc32,
		population: 10,
		graceSeconds: 60,
		change: new ChangeSignal(),
		note(note) {
			if (note.type === "refused") refusals.push(note.reason);
		},
		...change,
	});
	sessions.openRun({
		id: "run-1",
		scenario: { name: "test" },
		backend: "wasm",
		data: { featureShape: [2], numClasses: 2, classNames: null },
		parameters,
		heartbeatSeconds: 20,
		graceSeconds: 60,
		chunkBytes: 16,
		maxExamples: 1000,
	});
	const remote = remoteClients(sessions, {
		algorithm: change.algorithm ?? fedavg,
		shape: { layout: { parts: [], size: parameters }, options: {} },
		rule: { neededAnswers, deadlineSeconds, answersBeforeDeadline },
		checksum: crc32,
		centralEvaluator: { evaluate: () => Promise.resolve([]) },
		onLost: ({ detail }) => losses.push(detail),
	});
	const params = encodePayload({ params: vector }, parameters, { params: new Float32Array(parameters) });

	/** Gives FedAvg's task to a client. */
	const train = (client: number, round = 1, serve: Serve = fedAvgAsksNobody) =>
		remote.link.exchange(
			{ round, exchange: 1, client, task: "train", workFraction: 1, payload: params },
			never,
			serve,
		);
	return { sessions, remote, train, params, refusals, losses };
}

import type { Server } from "node:http";
import { basename } from "node:path";
import { crc32 } from "node:zlib";
import { describeModel } from "@fl-sim/compute/options";
import type { ErrorCode, Layout, RunEvent } from "@fl-sim/core";
import { openFederatedData } from "@fl-sim/data";
import { type DataShape, limits } from "@fl-sim/protocol";
import type { Scenario } from "@fl-sim/scenario";
import { algorithmOf, type OpenClients, openClients, version } from "@fl-sim/simulation";
import { dataForClients } from "./data-for-clients.ts";
import type { RunMetrics } from "./run-metrics.ts";
import { scenarioForClients } from "./scenario-for-clients.ts";
import { ChangeSignal } from "./sessions/change-signal.ts";
import { type ClientListener, type ListenerSettings, listenForClients } from "./sessions/client-listener.ts";
import { connectedParticipation } from "./sessions/connected-participation.ts";
import { remoteClients } from "./sessions/remote-clients.ts";
import { RunGate } from "./sessions/run-gate.ts";
import type { RunEnd } from "./sessions/session-host.ts";
import { Sessions, type SessionsSettings } from "./sessions/sessions.ts";

/** What a server needs besides the scenario. */
export interface FederationSettings
	extends Pick<SessionsSettings, "authentication" | "checkToken">,
		Pick<
			ListenerSettings,
			"allowedOrigins" | "maxConnections" | "maxConnectionsPerAddress" | "certifiedClient"
		> {
	/** Listens; clients are let in once a run is open. @throws FL_SERVER_LISTEN */
	listen(): Promise<{ readonly server: Server; close(): Promise<void> }>;
	/** New connections a minute from one address, unless the standard is meant. */
	readonly connectionsPerMinute: number | undefined;
	readonly metrics: RunMetrics;
	readonly log: {
		info(facts: object, text: string): void;
		warn(facts: object, text: string): void;
	};
	/** Tells the user something, in a sentence. */
	tell(sentence: string): void;
	/** Aborted when the user wants to wait for nobody any more. */
	readonly hurry: AbortSignal;
}

/** The parts of a federation once its scenario is open. */
interface OpenFederation {
	readonly scenario: Scenario;
	readonly sessions: Sessions;
	readonly gate: RunGate;
	readonly listener: ClientListener;
	readonly layout: Layout;
}

export interface Federation {
	/** Reaches the clients of a scenario over the network. */
	readonly open: OpenClients;
	/** Must be told of all events of the run. */
	onEvent(event: RunEvent): void;
	/** Undefined until the scenario is open. */
	current(): OpenFederation | undefined;
	/** How the run is to end for the clients, if somebody said so. */
	endAs(reason: "stopped"): void;
}

/** Failures after which the run goes on once they are mended, with clients that come back. */
const canGoOn: ReadonlySet<string> = new Set(["FL_RUN_INTERRUPTED", "FL_RUN_WRITE"] satisfies ErrorCode[]);

/**
 * All clients may come from one address, behind a proxy for instance, and come back; beyond that, a hundred a second
 * are more than honest ones need and cost little.
 */
const standardConnectionsPerMinute = (clients: number): number => Math.max(6000, 2 * clients);

/** Milliseconds after which the user is told why the server is still there. */
const quietFarewell = 1000;

/**
 * Milliseconds for clients that have not heard the goodbye: one whose connection broke is back sooner. The last word of one that has
 * heard it may be lost, so there is an end to it.
 */
const longestFarewell = 10_000;

/** Brings a scenario and the clients that connect together. */
export function createFederation(settings: FederationSettings): Federation {
	const { log, metrics } = settings;
	let current: (OpenFederation & { readonly backend: string; readonly data: DataShape }) | undefined;
	let ending: RunEnd | undefined;

	function openSessions(scenario: Scenario, change: ChangeSignal): Sessions {
		return new Sessions({
			software: `fl-sim ${version}`,
			authentication: settings.authentication,
			checkToken: (proof) => settings.checkToken(proof),
			checksum: crc32,
			population: scenario.clients.number,
			graceSeconds: scenario.server.graceSeconds,
			change,
			note(note) {
				if (note.type === "refused") {
					const { code, message } = note.reason;
					metrics.refused(code);
					log.warn({ client: note.client, code, reason: message }, "client refused");
				} else {
					log.info({ client: note.client }, note.type === "joined" ? "client joined" : "client left");
				}
			},
		});
	}

	const open: OpenClients = async (scenario, data, workers) => {
		const local = await openClients(scenario, data, workers ?? 1);
		try {
			const dataset = openFederatedData(await data);
			const { layout } = describeModel(scenario.model, dataset.featureShape, dataset.numClasses);
			const change = new ChangeSignal();
			const sessions = openSessions(scenario, change);
			const gate = new RunGate(change, (present, needed) => {
				// A tenth of the way is worth a line.
				if (present % Math.ceil(needed / 10) === 0) {
					settings.tell(`Waiting for clients: ${present} of ${needed} are there.`);
				}
			});
			const { heartbeatSeconds } = scenario.server;
			const http = await settings.listen();
			const listener = listenForClients(http.server, sessions, {
				...settings,
				greetingSeconds: 5,
				heartbeatSeconds,
				connectionsPerMinute:
					settings.connectionsPerMinute ?? standardConnectionsPerMinute(scenario.clients.number),
				turnedAway({ address, status, reason, isNews }) {
					metrics.turnedAway(status);
					if (isNews) log.warn({ address, status, reason }, "connection turned away");
				},
			});
			current = {
				scenario,
				sessions,
				gate,
				listener,
				layout,
				backend: local.backend.name,
				data: dataForClients(dataset.centralTest.examples),
			};
			const remote = remoteClients(sessions, {
				algorithm: algorithmOf(scenario),
				shape: { layout, options: scenario.algorithm },
				rule: {
					neededAnswers: scenario.clients.perRound,
					deadlineSeconds: scenario.server.deadlineSeconds,
					answersBeforeDeadline: scenario.server.lateAnswers === "keep" ? scenario.server.minimumAnswers : 0,
				},
				checksum: crc32,
				centralEvaluator: local.clients.evaluator,
				onLost: (loss) => log.warn(loss, "client lost"),
			});
			return {
				...local,
				participation: connectedParticipation(scenario, { sessions, gate, change }),
				clients: {
					...remote,
					notes: local.clients.notes,
					stepBytes: local.clients.stepBytes,
					async [Symbol.asyncDispose]() {
						if (ending !== undefined) await sayGoodbye(sessions, ending);
						sessions.close();
						await listener.close();
						log.info({ socketBytes: listener.socketBytes() }, "all connections are closed");
						await http.close();
						await local.clients[Symbol.asyncDispose]();
					},
				},
			};
		} catch (error) {
			await local.clients[Symbol.asyncDispose]();
			throw error;
		}
	};

	/** Stays for clients that do not know yet that the run is over: they would look for the server. */
	async function sayGoodbye(sessions: Sessions, reason: RunEnd): Promise<void> {
		const farewell = sessions.goodbye(reason);
		const late = setTimeout(() => {
			settings.tell(
				`The run is over. Clients that have not heard of it yet: ${farewell.numWaiting}. Ctrl-C ends at once.`,
			);
			log.info({ clients: farewell.numWaiting }, "waiting for clients that have not heard the goodbye");
		}, quietFarewell);
		await farewell.end(AbortSignal.any([settings.hurry, AbortSignal.timeout(longestFarewell)]));
		clearTimeout(late);
	}

	function start(event: RunEvent & { readonly type: "run.started" }): void {
		if (current === undefined) return;
		const { scenario, sessions, backend, data } = current;
		sessions.openRun({
			id: basename(event.run),
			scenario: scenarioForClients(scenario),
			backend,
			data,
			parameters: event.parameters,
			heartbeatSeconds: scenario.server.heartbeatSeconds,
			graceSeconds: scenario.server.graceSeconds,
			chunkBytes: limits.chunkData,
			maxExamples: scenario.server.maxExamples,
		});
	}

	return {
		open,
		current: () => current,
		endAs(reason) {
			ending = reason;
			current?.sessions.ending();
		},
		onEvent(event) {
			metrics.onEvent(event);
			if (event.type === "run.started") start(event);
			else if (event.type === "round.started" && event.round === current?.scenario.rounds) {
				current.sessions.ending();
			} else if (event.type === "run.finished") {
				ending = "finished";
				current?.sessions.ending();
			} else if (event.type === "run.failed" && !canGoOn.has(event.code)) ending = "failed";
		},
	};
}

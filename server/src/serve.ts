import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { basename } from "node:path";
import { TLSSocket } from "node:tls";
import type { Arguments } from "@fl-sim/command-line";
import { type Player, play } from "@fl-sim/command-line/play";
import { FlSimError, messageOf } from "@fl-sim/core";
import { type SimulationOptions, type SimulationResult, version } from "@fl-sim/simulation";
import type { Logger } from "pino";
import { clientNamed } from "./certificates/client-name.ts";
import { createFederation, type Federation } from "./federation.ts";
import { createFederationControl, type FederationControl } from "./federation-control.ts";
import { createHttpApp } from "./http/app.ts";
import { createRunMetrics, type RunMetrics } from "./run-metrics.ts";
import { openSecurity, readServeOptions, type Security, type ServeOptions } from "./serve-options.ts";
import { createServerLog, logDestination } from "./server-log.ts";

const flServer: Player = {
	program: "fl-server",
	resumeCommand: (folder) => `fl-server resume ${folder}`,
};

/** Most connections at once, and from one address: trials put many clients on one machine. */
const maxConnections = 20_000;

/**
 * Listens for clients and plays a run with them; `start` begins it or goes on with it. Resolves to the exit code.
 *
 * @throws FL_USAGE, FL_SERVER_LISTEN, FL_SERVER_EXPOSED, FL_TOKENS_FILE, FL_CERTIFICATE; what the run fails with.
 */
export async function serve(
	args: Arguments,
	start: (options: SimulationOptions) => Promise<SimulationResult>,
): Promise<number> {
	const options = readServeOptions(args);
	let place = { run: "", round: 0 };
	const log = createServerLog(logDestination(options.log), () => place);
	const security = await openSecurity(options, (problem) => log.warn(problem));
	try {
		return await play(flServer, args, async (player) => {
			const metrics = createRunMetrics(() => sourcesOf(federation));
			const federation: Federation = createFederation({
				...guard(security),
				allowedOrigins: options.allowedOrigins,
				maxConnections,
				maxConnectionsPerAddress: maxConnections,
				connectionsPerMinute: options.connectionsPerMinute,
				metrics,
				log,
				tell: player.onNote,
				hurry: AbortSignal.any([player.finishRound, player.stopNow]),
				listen: () => listen({ options, security, control, metrics, log, tell: player.onNote }),
			});
			security.tokens?.onRevoked(({ holder }) => {
				if (holder !== "admin") federation.current()?.sessions.expel(holder);
			});
			const control = createFederationControl(federation);
			return await start({
				...player,
				open: federation.open,
				finishRound: AbortSignal.any([player.finishRound, control.stopped]),
				onEvent(event) {
					if (event.type === "run.started")
						place = { run: basename(event.run), round: event.resumedAfterRound ?? 0 };
					if (event.type === "round.started") place = { ...place, round: event.round };
					control.onEvent(event);
					federation.onEvent(event);
					player.onEvent(event);
				},
			});
		});
	} finally {
		security.tokens?.close();
	}
}

function sourcesOf(federation: Federation) {
	const current = federation.current();
	if (current === undefined) return undefined;
	const { sessions, listener } = current;
	return { connected: () => sessions.connected, socketBytes: () => listener.socketBytes() };
}

function guard({ tokens, tls }: Security) {
	return {
		authentication: tokens === undefined ? ("none" as const) : ("token" as const),
		checkToken: async (proof: Parameters<NonNullable<typeof tokens>["checkClient"]>[0]) =>
			(await tokens?.checkClient(proof)) !== undefined,
		certifiedClient({ socket }: IncomingMessage): number | undefined {
			if (tls?.requestCert !== true || !(socket instanceof TLSSocket)) return undefined;
			// One of the right authority may be made out to somebody else.
			return clientNamed(socket.getPeerCertificate()) ?? -1;
		},
	};
}

async function listen(server: {
	readonly options: ServeOptions;
	readonly security: Security;
	readonly control: FederationControl;
	readonly metrics: RunMetrics;
	readonly log: Logger;
	tell(sentence: string): void;
}) {
	const { options, security, control, metrics, log } = server;
	const app = await createHttpApp({
		control,
		metrics: metrics.registry,
		log,
		version,
		tls: security.tls,
		tokens: security.tokens,
		allowedOrigins: options.allowedOrigins,
	});
	const { host, port } = options;
	try {
		const address = await app.listen({ host, port });
		server.tell(`Clients connect to ${address.replace(/^http/, "ws")}`);
		log.info({ address }, "listening");
	} catch (cause) {
		throw new FlSimError("FL_SERVER_LISTEN", `cannot listen at ${host}:${port}: ${messageOf(cause)}`, {
			fix: "Choose another --port or --host, or end what is listening there.",
			cause,
		});
	}
	return {
		server: app.server,
		async close() {
			const closed = once(app.server, "close");
			await app.close();
			if (app.server.listening) await closed;
		},
	};
}

import { STATUS_CODES } from "node:http";
import type { ServerOptions } from "node:https";
import type { Socket } from "node:net";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Registry } from "prom-client";
import { z } from "zod";
import type { RunControl } from "../run-control.ts";
import type { AdminAccess } from "./admin-guard.ts";
import { HttpProblem, problemOf } from "./http-problem.ts";
import { jsonSchemaOf, problems } from "./json-schemas.ts";
import { addRunRoutes } from "./run-routes.ts";

/** Times in milliseconds after which a request or connection is given up. */
export interface HttpTimeouts {
	/** Until the headers of a request are there. */
	readonly headers: number;
	/** Until a whole request is there. */
	readonly request: number;
	/** Until a handler answers. */
	readonly handler: number;
	/** Of silence on a connection. */
	readonly connection: number;
	/** Of a connection between two requests. */
	readonly keepAlive: number;
	/** Of a TLS handshake. */
	readonly handshake: number;
	/** Between two looks for what is overdue. */
	readonly check: number;
}

export const standardTimeouts: HttpTimeouts = {
	headers: 10_000,
	request: 30_000,
	handler: 30_000,
	connection: 60_000,
	keepAlive: 10_000,
	handshake: 10_000,
	check: 1000,
};

export interface HttpAppOptions extends AdminAccess {
	readonly control: RunControl;
	readonly metrics: Pick<Registry, "metrics" | "contentType">;
	readonly log: FastifyBaseLogger;
	/** Version of this program, for the description of the API. */
	readonly version: string;
	/** Certificate, key and what is asked of clients; without them connections are not encrypted. */
	readonly tls?: ServerOptions | undefined;
	readonly timeouts?: Partial<HttpTimeouts>;
	/** Requests per minute and address. */
	readonly requestsPerMinute?: number;
}

/** No request here has a body; what some tools send all the same is small. */
const bodyLimit = 4096;

const alive = z.strictObject({ status: z.literal("alive") });
const ready = z.strictObject({ status: z.literal("ready") });

/**
 * The HTTP side of a server: health, metrics, status and control of its run. Its `server` takes WebSocket upgrades
 * besides. It does not listen yet.
 */
export async function createHttpApp(options: HttpAppOptions): Promise<FastifyInstance> {
	const { control, metrics, log, version, tls, requestsPerMinute = 300 } = options;
	const timeouts = { ...standardTimeouts, ...options.timeouts };
	const slowRequests = { headersTimeout: timeouts.headers, connectionsCheckingInterval: timeouts.check };
	const settings = {
		loggerInstance: log,
		logController: new LogController({ disableRequestLogging: true }),
		requestTimeout: timeouts.request,
		handlerTimeout: timeouts.handler,
		connectionTimeout: timeouts.connection,
		keepAliveTimeout: timeouts.keepAlive,
		bodyLimit,
		forceCloseConnections: true,
		clientErrorHandler: refuseBrokenRequest,
	};
	const app: FastifyInstance =
		tls === undefined
			? fastify({ ...settings, http: slowRequests })
			: fastify({ ...settings, https: { ...slowRequests, handshakeTimeout: timeouts.handshake, ...tls } });
	app.setErrorHandler(async (error: Error, request, reply) => {
		const problem = problemOf(error);
		const facts = { method: request.method, path: request.routeOptions.url, address: request.ip };
		if (problem === error) request.log.warn({ ...facts, code: problem.body.code }, problem.message);
		else request.log.error({ ...facts, err: error }, "request failed");
		if (problem.statusCode === 401) void reply.header("www-authenticate", "Bearer");
		return reply.code(problem.statusCode).send(problem.body);
	});
	await app.register(rateLimit, {
		max: requestsPerMinute,
		timeWindow: 60_000,
		errorResponseBuilder: (_request, { after }) =>
			new HttpProblem("FL_HTTP_RATE", "too many requests from this address", `Try again in ${after}.`),
	});
	await app.register(swagger, {
		openapi: {
			openapi: "3.1.0",
			info: { title: "fl-server", description: "Status and control of a federated run", version },
			components: { securitySchemes: { admin: { type: "http", scheme: "bearer" } } },
		},
	});
	app.setNotFoundHandler({ preHandler: app.rateLimit() }, () => {
		// The path is not told: it goes to the log, and some write a token into an address.
		throw new HttpProblem(
			"FL_HTTP_NOT_FOUND",
			"there is nothing here",
			"`GET /openapi.json` lists what there is.",
		);
	});
	addHealthRoutes(app, control);
	app.get("/metrics", { schema: { hide: true } }, async (_request, reply) =>
		reply.type(metrics.contentType).send(await metrics.metrics()),
	);
	app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
	addRunRoutes(app, control, options);
	await app.ready();
	return app;
}

/** Answers what never became a request, and ends its connection. */
function refuseBrokenRequest({ code }: { readonly code: string }, socket: Socket): void {
	// Before the end of a TLS handshake, or after a reset, nobody would get an answer: waiting for that would never end.
	if (!socket.writable || !/^(?:HPE_|ERR_HTTP_)/.test(code)) {
		socket.destroy();
		return;
	}
	const isSlow = code === "ERR_HTTP_REQUEST_TIMEOUT";
	const { body, statusCode } = isSlow
		? new HttpProblem("FL_HTTP_TIMEOUT", "the request did not arrive in time")
		: new HttpProblem("FL_HTTP_REQUEST", "this is no HTTP request");
	const text = JSON.stringify(body);
	socket.write(
		`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\nConnection: close\r\n` +
			`Content-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
	);
	socket.destroySoon();
}

function addHealthRoutes(app: FastifyInstance, control: RunControl): void {
	const tags = ["health"];
	app.get(
		"/health",
		{ schema: { summary: "The process is alive", tags, response: { 200: described("Alive", alive) } } },
		() => ({ status: "alive" }),
	);
	const response = { 200: described("Clients are let in", ready), ...problems(503) };
	app.get("/ready", { schema: { summary: "The run accepts clients", tags, response } }, () => {
		const { run, state } = control.status();
		if (run !== null && (state === "waiting" || state === "running" || state === "paused")) {
			return { status: "ready" };
		}
		const message = run === null ? "the run is not open yet" : `the run is ${state}`;
		throw new HttpProblem("FL_HTTP_UNAVAILABLE", message);
	});
}

function described(description: string, schema: z.ZodType): Record<string, unknown> {
	return { description, ...jsonSchemaOf(schema) };
}

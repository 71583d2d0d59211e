import type { FastifyInstance, FastifyRequest, RouteShorthandOptions } from "fastify";
import type { RunControl, RunStatus } from "../run-control.ts";
import { runStatus } from "../run-control.ts";
import { type AdminAccess, admit } from "./admin-guard.ts";
import { HttpProblem } from "./http-problem.ts";
import { jsonSchemaOf, problems } from "./json-schemas.ts";

type Action = "start" | "pause" | "continue" | "stop";

/** What each action does, and the states in which it can be done. */
const actions: Readonly<
	Record<Action, { readonly summary: string; readonly from: readonly RunStatus["state"][] }>
> = {
	start: { summary: "Start the run with the clients that are there", from: ["waiting"] },
	pause: { summary: "Pause after the round under way", from: ["running"] },
	continue: { summary: "Go on after a pause", from: ["paused"] },
	stop: { summary: "End the run after the round under way", from: ["waiting", "running", "paused"] },
};

const actionNames: readonly Action[] = ["start", "pause", "continue", "stop"];

/** Sending a large model to a slow reader takes longer than any other answer. */
const modelTimeout = 600_000;

/** The routes below /api/run: status for everybody, control and model for admins. */
export function addRunRoutes(app: FastifyInstance, control: RunControl, access: AdminAccess): void {
	const status = { 200: { description: "Status of the run", ...jsonSchemaOf(runStatus) } };
	app.get(
		"/api/run",
		{ schema: { summary: "Status of the run", tags: ["run"], response: { ...status, ...problems(429) } } },
		() => control.status(),
	);
	const forAdmins = (
		schema: object,
	): RouteShorthandOptions & { onRequest(request: FastifyRequest): Promise<void> } => ({
		schema: { tags: ["control"], security: [{ admin: [] }], ...schema },
		async onRequest(request: FastifyRequest) {
			const token = await admit(request, access);
			// One line for each attempt that was let in; those that were not are logged as problems.
			request.log.info(
				{ method: request.method, path: request.routeOptions.url, address: request.ip, token },
				"admin",
			);
		},
	});
	for (const name of actionNames) {
		const { summary, from } = actions[name];
		const response = { ...status, ...problems(401, 403, 409, 429, 503) };
		app.post(`/api/run/${name}`, forAdmins({ summary, response }), () => {
			const { state } = control.status();
			if (!from.includes(state)) {
				const message = `${name}: the run is ${state}, expected ${from.join(" or ")}`;
				throw new HttpProblem("FL_HTTP_STATE", message, "Read the state with `GET /api/run`.");
			}
			control[name]();
			return control.status();
		});
	}
	const file = {
		type: "string",
		format: "binary",
		description: "A safetensors file; `x-fl-round` has its round",
	};
	const response = {
		200: { description: "The model", content: { "application/octet-stream": { schema: file } } },
		...problems(401, 403, 404, 429, 503),
	};
	app.get(
		"/api/run/model.safetensors",
		{ handlerTimeout: modelTimeout, ...forAdmins({ summary: "The latest global model", response }) },
		async (_request, reply) => {
			const model = await control.model();
			if (model === undefined) throw new HttpProblem("FL_HTTP_NOT_FOUND", "there is no global model yet");
			const run = control.status().run?.replaceAll(/[^\w.-]/g, "_") ?? "run";
			const { buffer, byteOffset, byteLength } = model.bytes;
			await reply
				.header("x-fl-round", model.round)
				.header("content-disposition", `attachment; filename="${run}-round-${model.round}.safetensors"`)
				.header("cache-control", "no-store")
				.type("application/octet-stream")
				.send(Buffer.from(buffer, byteOffset, byteLength));
		},
	);
}

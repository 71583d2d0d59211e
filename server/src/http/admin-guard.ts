import type { FastifyRequest } from "fastify";
import { isLoopback } from "../exposure.ts";
import type { TokenStore } from "../tokens/token-store.ts";
import { HttpProblem } from "./http-problem.ts";

/** What is known of who may control a run. */
export interface AdminAccess {
	/** Checks admin tokens; without it a run is controlled from the same machine only, by whoever is there. */
	readonly tokens?: Pick<TokenStore, "checkAdmin"> | undefined;
	/** Origins of pages whose scripts may call, exactly as browsers send them. */
	readonly allowedOrigins: readonly string[];
}

/**
 * Lets a request pass that may control the run.
 *
 * @returns the id of its token; undefined where none is needed.
 * @throws HttpProblem
 */
export async function admit(request: FastifyRequest, access: AdminAccess): Promise<string | undefined> {
	const { origin } = request.headers;
	if (origin !== undefined && !access.allowedOrigins.includes(origin)) {
		throw new HttpProblem("FL_HTTP_FORBIDDEN", "pages of this origin may not control the run", originFix);
	}
	if (access.tokens === undefined) {
		checkIsLocal(request);
		return undefined;
	}
	const [, token = ""] = /^Bearer ([\w.-]{1,200})$/i.exec(request.headers.authorization ?? "") ?? [];
	const entry = await access.tokens.checkAdmin(token);
	if (entry !== undefined) return entry.id;
	const message = token === "" ? "this needs the token of an admin" : "this is not a valid token of an admin";
	throw new HttpProblem("FL_HTTP_UNAUTHORIZED", message, tokenFix);
}

const originFix = "Allow the origin with --allow-origin when the server is started.";
const tokenFix =
	"Send the header `Authorization: Bearer TOKEN`; `fl-server tokens issue --admin` prints a token.";

/**
 * Without tokens the caller must be on this machine, and mean this machine: a page in a browser here can be made to
 * call under a name of its own that leads to loopback.
 */
function checkIsLocal(request: FastifyRequest): void {
	const name = request.hostname.replace(/^\[(.*)\]$/, "$1");
	const address = request.socket.remoteAddress?.replace(/^::ffff:/, "") ?? "";
	if (isLoopback(name) && isLoopback(address)) return;
	throw new HttpProblem(
		"FL_HTTP_FORBIDDEN",
		"without tokens a run is controlled on the same machine only",
		tokenFix,
	);
}

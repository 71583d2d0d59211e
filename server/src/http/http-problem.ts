import { FlSimError } from "@fl-sim/core";
import type { FastifyError } from "fastify";
import { z } from "zod";

/** The body of every answer that is an error. */
export const problemBody = z.strictObject({
	code: z.string().describe("Names the kind of error; docs/server.md and docs/errors.md list them"),
	message: z.string(),
	fix: z.string().optional().describe("What to do about it"),
});

export type ProblemBody = z.output<typeof problemBody>;

const statusCodes = {
	FL_HTTP_REQUEST: 400,
	FL_HTTP_UNAUTHORIZED: 401,
	FL_HTTP_FORBIDDEN: 403,
	FL_HTTP_NOT_FOUND: 404,
	FL_HTTP_TIMEOUT: 408,
	FL_HTTP_STATE: 409,
	FL_HTTP_RATE: 429,
	FL_HTTP_INTERNAL: 500,
	FL_HTTP_UNAVAILABLE: 503,
} as const;

export type HttpProblemCode = keyof typeof statusCodes;

/** A request that is not done, with the status and body of the answer. */
export class HttpProblem extends Error {
	readonly statusCode: number;
	readonly body: ProblemBody;

	constructor(code: HttpProblemCode, message: string, fix?: string) {
		super(message);
		this.statusCode = statusCodes[code];
		this.body = fix === undefined ? { code, message } : { code, message, fix };
	}
}

/** The answer to whatever a handler or the framework throws. What is not meant for the caller is not told. */
export function problemOf(error: FastifyError | HttpProblem | FlSimError | Error): HttpProblem {
	if (error instanceof HttpProblem) return error;
	const statusCode = "statusCode" in error ? error.statusCode : undefined;
	if (statusCode === 503) return new HttpProblem("FL_HTTP_UNAVAILABLE", "the answer took too long");
	if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
		return new HttpProblem("FL_HTTP_REQUEST", error.message);
	}
	// A file that cannot be read is for whoever operates the server: it is in the log, with its path.
	if (error instanceof FlSimError)
		return new HttpProblem("FL_HTTP_UNAVAILABLE", "the server cannot do this now");
	return new HttpProblem("FL_HTTP_INTERNAL", "the server failed; its log tells more");
}

import { z } from "zod";
import { problemBody } from "./http-problem.ts";

/** The JSON Schema of a zod schema, as the routes and their description take it. */
export function jsonSchemaOf(schema: z.ZodType): Record<string, unknown> {
	const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "draft-7" });
	return rest;
}

const meanings: Readonly<Record<number, string>> = {
	401: "No valid token of an admin",
	403: "Not allowed from there",
	404: "There is none yet",
	409: "Not in this state",
	429: "Too many requests",
	503: "Not now",
};

/** Responses of a route for each way in which it can fail. */
export function problems(...statusCodes: readonly number[]): Record<number, Record<string, unknown>> {
	const body = jsonSchemaOf(problemBody);
	return Object.fromEntries(
		statusCodes.map((code) => [code, { description: meanings[code] ?? "An error", ...body }]),
	);
}

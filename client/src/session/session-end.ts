import { type ErrorCode, errorCodes, FlSimError, visibleText } from "@fl-sim/core";
import type { MessageOf, ServerMessage } from "@fl-sim/protocol";
import type { Closing } from "./ports.ts";

/** Why the server closes the connection, in its words. */
export type ServerError = MessageOf<ServerMessage, "error">;

/** WebSocket close codes (RFC 6455, section 7.4.1, and the registry of IANA). */
const policyViolation = 1008;
const tryAgainLater = 1013;

/** The error that the server's end of a connection means, when connecting again cannot help. */
export function fatalClosing(
	{ code, reason }: Closing,
	error: ServerError | undefined,
): FlSimError | undefined {
	if (code === tryAgainLater) return undefined;
	if (error !== undefined) {
		const known = isErrorCode(error.code) ? error.code : undefined;
		if (known === undefined || (errorCodes[known] !== 2 && code !== policyViolation)) return undefined;
		const fix = error.fix === undefined ? {} : { fix: visibleText(error.fix) };
		return new FlSimError(known, visibleText(error.message), fix);
	}
	if (code !== policyViolation) return undefined;
	const why = reason === "" ? "it gave no reason" : visibleText(reason);
	return new FlSimError("FL_SESSION_REFUSED", `the server refused this client: ${why}`);
}

function isErrorCode(code: string): code is ErrorCode {
	return Object.hasOwn(errorCodes, code);
}

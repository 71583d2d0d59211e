import { FlSimError } from "@fl-sim/core";

/** What an HTTP status means to a client that wants to upgrade; others are worth another attempt. */
const refusals: Readonly<Record<number, string>> = {
	400: "does not understand the request",
	401: "asks for a login",
	403: "does not let this client in",
	404: "has nothing for clients at this path",
	405: "has nothing for clients at this path",
	426: "asks for another protocol",
};

/** The failure of an upgrade that was answered with a status; fatal when trying again cannot help. */
export function responseFailure(address: URL, status: number): Error {
	const meaning = status < 400 ? "is no fl-server" : refusals[status];
	const text = `${address.origin} answered with HTTP status ${status}`;
	if (meaning === undefined) return new Error(text);
	return new FlSimError("FL_SESSION_REFUSED", `${text}: it ${meaning}`, {
		fix: "Check host and port; the address is the one that the server prints, without a path.",
	});
}

/** Errors of OpenSSL and Node about the server's certificate: none goes away by itself. */
const certificateCodes = new Set([
	"CERT_HAS_EXPIRED",
	"CERT_NOT_YET_VALID",
	"CERT_REVOKED",
	"CERT_UNTRUSTED",
	"DEPTH_ZERO_SELF_SIGNED_CERT",
	"ERR_TLS_CERT_ALTNAME_INVALID",
	"INVALID_CA",
	"SELF_SIGNED_CERT_IN_CHAIN",
	"UNABLE_TO_GET_ISSUER_CERT",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
	"UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/** The failure of an attempt to connect; fatal when trying again cannot help. */
export function connectFailure(address: URL, error: Error): Error {
	const code = "code" in error && typeof error.code === "string" ? error.code : "";
	const place = `${address.protocol}//${address.host}`;
	if (certificateCodes.has(code)) {
		return new FlSimError(
			"FL_CERTIFICATE",
			`${place}: the server's certificate is not accepted: ${error.message}`,
			{
				fix: "Name the authority's certificate with --ca, and use the host name that the certificate is made out to.",
				cause: error,
			},
		);
	}
	if (/^ERR_SSL_.*(?:ALERT|CERTIFICATE)/.test(code)) {
		return new FlSimError(
			"FL_CERTIFICATE",
			`${place}: the server does not accept this client: ${error.message}`,
			{
				fix: "Give the client's certificate with --cert and --key, issued by the authority that the server trusts.",
				cause: error,
			},
		);
	}
	if (code === "EPROTO" || code.startsWith("ERR_SSL_")) {
		return new FlSimError("FL_SESSION_REFUSED", `${place}: the server does not speak TLS there`, {
			fix: "Use ws:// for a server without certificates, or another port.",
			cause: error,
		});
	}
	return new Error(`${place} cannot be reached (${code === "" ? error.message : code})`, { cause: error });
}

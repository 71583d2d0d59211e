import { stat } from "node:fs/promises";
import type { Arguments } from "@fl-sim/command-line";
import { playOptions } from "@fl-sim/command-line/play";
import { loadTlsFiles } from "@fl-sim/command-line/tls";
import { FlSimError } from "@fl-sim/core";
import type { Argv } from "yargs";
import { checkExposure } from "./exposure.ts";
import { standardTokensFile } from "./tokens/token-file.ts";
import { openTokenStore, type TokenStore } from "./tokens/token-store.ts";

/** The command line of `fl-server SCENARIO`, checked; what plays the run (`--workers`, `--json`) is read by `play`. */
export interface ServeOptions {
	readonly port: number;
	readonly host: string;
	/** Files of the server's certificate and its key, and of the authority of clients' certificates. */
	readonly cert: string | undefined;
	readonly key: string | undefined;
	readonly clientCa: string | undefined;
	/** No TLS for other machines, asked for by name. */
	readonly insecure: boolean;
	/** Token file that was named. */
	readonly tokens: string | undefined;
	/** Origins of pages that may connect, exactly as browsers send them. */
	readonly allowedOrigins: readonly string[];
	/** New connections of clients a minute from one address; undefined for the standard. */
	readonly connectionsPerMinute: number | undefined;
	/** File for the log. */
	readonly log: string | undefined;
}

const groups = {
	address: "Address:",
	security: "Security:",
	run: "Run:",
};

/** Declares the options of `fl-server SCENARIO` and `fl-server resume RUN`. */
export function serveOptions(parser: Argv): Argv {
	const file = (describe: string) => ({ type: "string", group: groups.security, describe }) as const;
	return playOptions(parser)
		.option("log", {
			type: "string",
			group: groups.run,
			describe: "File for the log (JSON lines)",
			defaultDescription: "standard error, where it is no terminal",
		})
		.option("port", {
			type: "number",
			default: 8443,
			group: groups.address,
			describe: "Port, 0 for a free one",
		})
		.option("host", {
			type: "string",
			default: "127.0.0.1",
			group: groups.address,
			describe: "Address to listen at; 0.0.0.0 for other machines",
		})
		.option("cert", file("Certificate of the server (PEM)"))
		.option("key", file("Private key of the certificate (PEM)"))
		.option("client-ca", file("Authority of clients' certificates (PEM); then each client needs one"))
		.option("tokens", {
			...file("File of tokens, from `fl-server tokens issue`"),
			defaultDescription: `${standardTokensFile}, where it exists`,
		})
		.option("insecure", {
			type: "boolean",
			default: false,
			group: groups.security,
			describe: "No TLS for other machines; a proxy or tunnel must encrypt",
		})
		.option("allow-origin", {
			...file("Origin of pages that may connect, such as https://example.org"),
			array: true,
		})
		.option("connections-per-minute", {
			type: "number",
			group: groups.security,
			describe: "New connections of clients from one address; more are refused for a while",
			defaultDescription: "6000, or twice the clients if that is more",
		});
}

/** Checks the options of `fl-server SCENARIO` that can be checked without any file. @throws FL_USAGE */
export function readServeOptions(args: Arguments): ServeOptions {
	const textOf = (name: string): string | undefined => {
		const value = args[name];
		return typeof value === "string" ? value : undefined;
	};
	const { port, allowOrigin } = args;
	if (typeof port !== "number" || !Number.isInteger(port) || port < 0 || port > 65_535) {
		throw new FlSimError("FL_USAGE", `--port: found ${String(port)}, expected an integer from 0 to 65535`);
	}
	const options: ServeOptions = {
		port,
		host: textOf("host") ?? "127.0.0.1",
		cert: textOf("cert"),
		key: textOf("key"),
		clientCa: textOf("clientCa"),
		insecure: args["insecure"] === true,
		tokens: textOf("tokens"),
		allowedOrigins: Array.isArray(allowOrigin)
			? allowOrigin.map((origin) => checkedOrigin(String(origin)))
			: [],
		connectionsPerMinute: countOf(args["connectionsPerMinute"], "--connections-per-minute"),
		log: textOf("log"),
	};
	if (options.clientCa !== undefined && options.cert === undefined) {
		throw new FlSimError("FL_USAGE", "--client-ca is given without --cert: there is no TLS to ask in", {
			fix: "Add --cert FILE and --key FILE.",
		});
	}
	if (options.insecure && options.cert !== undefined) {
		throw new FlSimError("FL_USAGE", "--insecure and --cert are given, expected one of them");
	}
	return options;
}

function countOf(value: unknown, option: string): number | undefined {
	if (value === undefined) return undefined;
	if (typeof value === "number" && Number.isInteger(value) && value >= 1) return value;
	throw new FlSimError(
		"FL_USAGE",
		`${option}: found ${JSON.stringify(value)}, expected an integer, at least 1`,
	);
}

function checkedOrigin(origin: string): string {
	const url = URL.canParse(origin) ? new URL(origin) : undefined;
	if (url !== undefined && url.origin === origin) return origin;
	const near = url !== undefined && url.origin !== "null" ? ` Did you mean ${url.origin}?` : "";
	throw new FlSimError("FL_USAGE", `--allow-origin: found ${origin}, expected scheme, host and port`, {
		fix: `An origin looks like https://example.org or http://localhost:5173.${near}`,
	});
}

/** What guards a server: who gets in, and how connections are encrypted. */
export interface Security {
	/** Undefined for a server without tokens, which only its own machine reaches. */
	readonly tokens: TokenStore | undefined;
	/** For `node:https`; undefined without TLS. */
	readonly tls: TlsServerSettings | undefined;
}

interface TlsServerSettings {
	readonly minVersion: "TLSv1.2";
	readonly cert?: string;
	readonly key?: string;
	readonly ca?: string[];
	/** Whether clients need a certificate too. */
	readonly requestCert: boolean;
	readonly rejectUnauthorized: boolean;
}

/**
 * Opens the files that the options name, and sees that they are enough for the address.
 *
 * @throws FL_CERTIFICATE, FL_TOKENS_FILE, FL_SERVER_EXPOSED
 */
export async function openSecurity(
	options: ServeOptions,
	onProblem: (problem: string) => void,
): Promise<Security> {
	const { host, insecure, cert, key, clientCa } = options;
	const needsCertificate = clientCa !== undefined;
	const files = await loadTlsFiles({ cert, key, ca: clientCa });
	const tls =
		cert === undefined
			? undefined
			: { ...files, requestCert: needsCertificate, rejectUnauthorized: needsCertificate };
	const tokensFile = options.tokens ?? (await standardFileIfThere());
	const tokens = tokensFile === undefined ? undefined : await openTokenStore(tokensFile, { onProblem });
	try {
		const clientTokens = tokens?.entries().filter(({ holder }) => holder !== "admin").length;
		checkExposure({ host, insecure, hasTls: tls !== undefined, clientTokens });
	} catch (error) {
		tokens?.close();
		throw error;
	}
	return { tokens, tls };
}

async function standardFileIfThere(): Promise<string | undefined> {
	return await stat(standardTokensFile).then(
		() => standardTokensFile,
		() => undefined,
	);
}

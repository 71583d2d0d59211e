import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { FlSimError, messageOf } from "@fl-sim/core";

/** Files that options name; each is in PEM. */
export interface TlsFiles {
	/** The own certificate, and after it those that lead to its authority. */
	readonly cert?: string | undefined;
	/** The private key of the own certificate. */
	readonly key?: string | undefined;
	/** Certificates of the authorities that a peer's certificate must come from. */
	readonly ca?: string | undefined;
}

/** Settings for `node:tls`, and what is known of the own certificate. */
export interface TlsSettings {
	readonly minVersion: "TLSv1.2";
	readonly cert?: string;
	readonly key?: string;
	readonly ca?: string[];
}

/**
 * Reads and checks the files of a TLS endpoint.
 *
 * @throws FL_USAGE when of certificate and key only one is named; FL_CERTIFICATE that names the file when one is
 * missing or malformed, not valid today, no authority, or when the key does not fit.
 */
export async function loadTlsFiles(files: TlsFiles, now = new Date()): Promise<TlsSettings> {
	const { cert, key, ca } = files;
	if ((cert === undefined) !== (key === undefined)) {
		const [given, missing] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
		throw new FlSimError("FL_USAGE", `${given} is given without ${missing}`, { fix: `Add ${missing} FILE.` });
	}
	const authorities = ca === undefined ? {} : { ca: await readAuthorities(ca, now) };
	if (cert === undefined || key === undefined) return { minVersion: "TLSv1.2", ...authorities };
	const chain = await readText(cert);
	const [own] = certificatesIn(cert, chain);
	if (own !== undefined) checkDates(cert, own, now);
	const keyText = await readText(key);
	if (own?.checkPrivateKey(privateKeyIn(key, keyText)) !== true) {
		throw certificateError(key, `this is not the private key of the certificate in ${cert}`, {
			fix: "Name the two files that were made together.",
		});
	}
	return { minVersion: "TLSv1.2", cert: chain, key: keyText, ...authorities };
}

async function readAuthorities(file: string, now: Date): Promise<string[]> {
	const authorities = certificatesIn(file, await readText(file));
	for (const authority of authorities) {
		checkDates(file, authority, now);
		if (!authority.ca) {
			throw certificateError(file, `the certificate of ${nameOf(authority)} is not one of an authority`, {
				fix: "Name the certificate that signed the others, such as `ca.pem`.",
			});
		}
	}
	return authorities.map(String);
}

/** The certificates in a PEM text, at least one. @throws FL_CERTIFICATE */
export function certificatesIn(file: string, text: string): readonly X509Certificate[] {
	const blocks = text.match(/-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs) ?? [];
	if (blocks.length === 0) {
		throw certificateError(file, "no certificate is in it, expected `-----BEGIN CERTIFICATE-----`", {
			fix: "Name a certificate file in PEM.",
		});
	}
	return blocks.map((block) => {
		try {
			return new X509Certificate(block);
		} catch (cause) {
			const problem = `a certificate in it is damaged: ${messageOf(cause)}`;
			throw certificateError(file, problem, { fix: "Fetch or make it again.", cause });
		}
	});
}

function privateKeyIn(file: string, text: string): KeyObject {
	try {
		return createPrivateKey(text);
	} catch (cause) {
		const isEncrypted = text.includes("ENCRYPTED");
		const problem = isEncrypted ? "the private key is encrypted" : "no private key in PEM is in it";
		const fix = isEncrypted
			? `Decrypt it into a file that only this user can read: \`openssl pkey -in ${file} -out FILE\`.`
			: "Name a private key file in PEM.";
		throw certificateError(file, problem, { fix, cause });
	}
}

function checkDates(file: string, certificate: X509Certificate, now: Date): void {
	const { validFrom, validTo } = certificate;
	const isEarly = now < new Date(validFrom);
	if (!isEarly && now <= new Date(validTo)) return;
	const problem = isEarly ? `is not valid before ${validFrom}` : `expired on ${validTo}`;
	throw certificateError(file, `the certificate of ${nameOf(certificate)} ${problem}`, {
		fix: "Check the clock, or have a new certificate made.",
	});
}

function nameOf({ subject, subjectAltName }: X509Certificate): string {
	return (subject || subjectAltName || "nobody").replaceAll("\n", ", ");
}

async function readText(file: string): Promise<string> {
	return await readFile(file, "utf8").catch((cause: unknown) => {
		const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
		throw certificateError(file, isMissing ? "there is no such file" : messageOf(cause), {
			fix: "Check the path and who may read it; `fl-server certificates` makes certificates.",
			cause,
		});
	});
}

/** An error about a certificate or key file. */
export function certificateError(
	file: string,
	problem: string,
	options: { readonly fix: string; readonly cause?: unknown },
): FlSimError {
	return new FlSimError("FL_CERTIFICATE", `${file}: ${problem}`, { ...options, details: { file } });
}

import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { certificateError, loadTlsFiles } from "@fl-sim/command-line/tls";
import { messageOf } from "@fl-sim/core";
import { clientName } from "./client-name.ts";
import {
	type CertificateAndKey,
	type CertificateUse,
	makeAuthority,
	makeCertificate,
} from "./make-certificate.ts";

export interface CertificateOrder {
	/** Folder of the files; it is made if it is not there. */
	readonly out: string;
	/** Names and addresses by which clients reach the server; empty for no server certificate. */
	readonly hosts: readonly string[];
	/** Numbers of the clients that get a certificate. */
	readonly clients: readonly number[];
	/** Days for which the certificates are valid; the authority is valid for ten years at least. */
	readonly days: number;
}

const authorityDays = 3650;

/**
 * Makes certificates and their keys as PEM files: `server.pem`, `server-key.pem`, `client-3.pem`, `client-3-key.pem`,
 * signed by the authority in `ca.pem`, `ca-key.pem`, which is made unless it is there. Keys are readable by their owner
 * alone; no file is overwritten.
 *
 * @returns the files written, in order.
 * @throws FL_CERTIFICATE
 */
export async function writeCertificates(order: CertificateOrder): Promise<readonly string[]> {
	const { out, hosts, clients, days } = order;
	const now = new Date();
	const wanted: readonly (readonly [name: string, purpose: CertificateUse])[] = [
		...(hosts.length > 0 ? [["server", { use: "server", hosts }] as const] : []),
		...clients.map((client) => [clientName(client), { use: "client", name: clientName(client) }] as const),
	];
	for (const file of wanted.flatMap(([name]) => filesOf(out, name))) {
		if (await exists(file)) {
			throw certificateError(file, "the file is there already; nothing is overwritten", {
				fix: "Move it away, or choose another folder with --out.",
			});
		}
	}
	await mkdir(out, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
		throw certificateError(out, messageOf(cause), { fix: "Choose another folder with --out.", cause });
	});
	const written: string[] = [];
	const write = async (name: string, { certificate, key }: CertificateAndKey): Promise<void> => {
		const [certificateFile, keyFile] = filesOf(out, name);
		written.push(await writeNew(keyFile, key, 0o600), await writeNew(certificateFile, certificate, 0o644));
	};
	let authority = await readAuthority(out);
	if (authority === undefined) {
		authority = await makeAuthority(Math.max(authorityDays, days), now);
		await write("ca", authority);
	}
	for (const [name, purpose] of wanted) {
		await write(name, await makeCertificate(authority, purpose, days, now));
	}
	return written;
}

/** The authority of an earlier call; undefined where there is none. @throws FL_CERTIFICATE */
async function readAuthority(out: string): Promise<CertificateAndKey | undefined> {
	const [cert, key] = filesOf(out, "ca");
	if (!(await exists(cert)) && !(await exists(key))) return undefined;
	await loadTlsFiles({ cert, key, ca: cert });
	return { certificate: await readFile(cert, "utf8"), key: await readFile(key, "utf8") };
}

function filesOf(out: string, name: string): readonly [certificate: string, key: string] {
	return [join(out, `${name}.pem`), join(out, `${name}-key.pem`)];
}

async function writeNew(file: string, text: string, mode: number): Promise<string> {
	await writeFile(file, text, { flag: "wx", mode, flush: true }).catch((cause: unknown) => {
		throw certificateError(file, messageOf(cause), { fix: "Choose another folder with --out.", cause });
	});
	return file;
}

async function exists(file: string): Promise<boolean> {
	return await stat(file).then(
		() => true,
		() => false,
	);
}

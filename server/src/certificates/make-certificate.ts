// Before x509, which expects it to be there.
import "reflect-metadata";
import type { webcrypto } from "node:crypto";
import { isIP } from "node:net";
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	Name,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509Certificate,
	X509CertificateGenerator,
} from "@peculiar/x509";

/** A certificate and its private key, both in PEM. */
export interface CertificateAndKey {
	readonly certificate: string;
	readonly key: string;
}

/** Keys of the authority and all others: small, fast, and known to every TLS library. */
const keyAlgorithm = { name: "ECDSA", namedCurve: "P-256" };
const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
const millisecondsPerDay = 86_400_000;
/** Certificates are valid a little before they are made, for machines whose clock is behind. */
const clockSkew = 3_600_000;

/** An authority that signs the certificates of one server and its clients, and no other authority. */
export async function makeAuthority(days: number, now: Date): Promise<CertificateAndKey> {
	const keys = await crypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
	const certificate = await X509CertificateGenerator.createSelfSigned({
		name: nameOf("fl-sim authority"),
		keys,
		signingAlgorithm,
		...validity(days, now),
		extensions: [
			new BasicConstraintsExtension(true, 0, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

/** What a certificate is for. */
export type CertificateUse =
	| { readonly use: "server"; readonly hosts: readonly string[] }
	| { readonly use: "client"; readonly name: string };

/** A certificate for a server or client, signed by an authority. It ends with that of the authority at the latest. */
export async function makeCertificate(
	authority: CertificateAndKey,
	purpose: CertificateUse,
	days: number,
	now: Date,
): Promise<CertificateAndKey> {
	const issuer = new X509Certificate(authority.certificate);
	const [pkcs8 = new ArrayBuffer()] = PemConverter.decode(authority.key);
	const signingKey = await crypto.subtle.importKey("pkcs8", pkcs8, keyAlgorithm, false, ["sign"]);
	const keys = await crypto.subtle.generateKey(keyAlgorithm, true, ["sign", "verify"]);
	const { notBefore, notAfter } = validity(days, now);
	const isServer = purpose.use === "server";
	const certificate = await X509CertificateGenerator.create({
		subject: nameOf(isServer ? "fl-sim server" : purpose.name),
		issuer: issuer.subjectName,
		publicKey: keys.publicKey,
		signingKey,
		signingAlgorithm,
		notBefore,
		notAfter: notAfter < issuer.notAfter ? notAfter : issuer.notAfter,
		extensions: [
			new BasicConstraintsExtension(false, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
			new ExtendedKeyUsageExtension([isServer ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth]),
			...(isServer ? [alternativeNames(purpose.hosts)] : []),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
			await AuthorityKeyIdentifierExtension.create(issuer),
		],
	});
	return { certificate: pemOf(certificate), key: await keyPem(keys.privateKey) };
}

function alternativeNames(hosts: readonly string[]): SubjectAlternativeNameExtension {
	return new SubjectAlternativeNameExtension(
		hosts.map((host) => ({ type: isIP(host) === 0 ? "dns" : "ip", value: host })),
	);
}

function nameOf(commonName: string): Name {
	return new Name([{ CN: [commonName] }]);
}

function validity(days: number, now: Date): { readonly notBefore: Date; readonly notAfter: Date } {
	return {
		notBefore: new Date(now.getTime() - clockSkew),
		notAfter: new Date(now.getTime() + days * millisecondsPerDay),
	};
}

function pemOf(certificate: X509Certificate): string {
	return `${certificate.toString("pem")}\n`;
}

async function keyPem(key: webcrypto.CryptoKey): Promise<string> {
	return `${PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), PemConverter.PrivateKeyTag)}\n`;
}

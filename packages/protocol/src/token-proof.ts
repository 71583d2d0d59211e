import { FlSimError } from "@fl-sim/core";
import { fromBase64url, toBase64url } from "./base64url.ts";

/**
 * Proofs that a client holds its token, in the construction of SCRAM (RFC 5802, section 3) with a random secret of
 * 256 bits in place of a salted password:
 *
 *     ClientKey = HMAC-SHA-256(secret, "fl-sim client key")
 *     StoredKey = SHA-256(ClientKey)
 *     proof     = ClientKey XOR HMAC-SHA-256(StoredKey, transcript)
 *
 * The token never travels. The server keeps the stored key alone, which is not enough to log in. The transcript holds
 * the server's fresh nonce, so a recorded proof is worth nothing later. As in SCRAM, who has both the stored key and a
 * recorded proof can find the client key: recordings need a broken TLS, stored keys the server's file.
 */

/** Whose a token is: a client's, by its number, or that of who controls the run. */
export type TokenHolder = number | "admin";

const secretBytes = 32;
const tokenForm = /^flc1\.(0|[1-9]\d{0,14}|admin)\.([A-Za-z0-9_-]{43})$/;

/** A new token, `flc1.<client number or "admin">.<base64url of 32 random bytes>`. It is a secret: show it once. */
export function createToken(holder: TokenHolder): string {
	// Unlike all other randomness here, this must not follow from a seed.
	return `flc1.${holder}.${toBase64url(crypto.getRandomValues(new Uint8Array(secretBytes)))}`;
}

/** The parts of a token; undefined for any other text. */
export function parseToken(
	token: string,
): { readonly holder: TokenHolder; readonly secret: Uint8Array<ArrayBuffer> } | undefined {
	const [, holder = "", encoded = ""] = tokenForm.exec(token) ?? [];
	const secret = fromBase64url(encoded);
	if (holder === "" || secret === undefined) return undefined;
	return { holder: holder === "admin" ? holder : Number(holder), secret };
}

/** What a server keeps of a token: its stored key, in base64url. @throws FL_TOKEN */
export async function storedKeyOf(token: string): Promise<string> {
	return toBase64url(await sha256(await clientKeyOf(token)));
}

/** The proof, in base64url, that the caller holds a token, for one transcript. @throws FL_TOKEN */
export async function proveToken(token: string, transcript: Uint8Array): Promise<string> {
	const clientKey = await clientKeyOf(token);
	return toBase64url(xor(clientKey, await hmac(await sha256(clientKey), transcript)));
}

/** Whether a proof was made for this transcript by the holder of the token. The time tells nothing about the keys. */
export async function checkProof(storedKey: string, transcript: Uint8Array, proof: string): Promise<boolean> {
	const key = fromBase64url(storedKey);
	const given = fromBase64url(proof);
	if (key?.length !== secretBytes || given?.length !== secretBytes) return false;
	return isEqual(await sha256(xor(given, await hmac(key, transcript))), key);
}

async function clientKeyOf(token: string): Promise<Uint8Array<ArrayBuffer>> {
	const parsed = parseToken(token);
	if (parsed !== undefined) return hmac(parsed.secret, new TextEncoder().encode("fl-sim client key"));
	throw new FlSimError("FL_TOKEN", "the text given as a token is none, expected `flc1.` and so on", {
		fix: "Copy the whole line that `fl-server tokens issue` printed.",
	});
}

async function hmac(key: Uint8Array<ArrayBuffer>, message: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
	const algorithm = { name: "HMAC", hash: "SHA-256" };
	const imported = await crypto.subtle.importKey("raw", key, algorithm, false, ["sign"]);
	return new Uint8Array(await crypto.subtle.sign("HMAC", imported, Uint8Array.from(message)));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(a, (byte, index) => byte ^ (b[index] as number));
}

/** Compares arrays of equal length in a time that does not depend on their values. */
function isEqual(a: Uint8Array, b: Uint8Array): boolean {
	return a.reduce((difference, byte, index) => difference | (byte ^ (b[index] as number)), 0) === 0;
}

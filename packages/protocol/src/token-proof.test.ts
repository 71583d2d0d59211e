import { createHash, createHmac } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { fromBase64url, toBase64url } from "./base64url.ts";
import { checkProof, createToken, parseToken, proveToken, storedKeyOf } from "./token-proof.ts";

const secret = fc.uint8Array({ minLength: 32, maxLength: 32 });
const token = secret.map((bytes) => `flc1.3.${toBase64url(bytes)}`);
const transcript = fc.uint8Array({ maxLength: 200 });

test("base64url comes back as it was, and agrees with Node", () => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
			const text = toBase64url(bytes);
			expect(text).toBe(Buffer.from(bytes).toString("base64url"));
			expect(fromBase64url(text)).toEqual(bytes);
		}),
	);
});

test("texts that are not base64url, or not as it is written, have no bytes", () => {
	for (const text of ["A", "AAAAA", "AA==", "+A", "/A", "A A", "AB", "ÄA"]) {
		expect(fromBase64url(text), text).toBeUndefined();
	}
});

test("a token tells its holder and has 32 random bytes", () => {
	for (const holder of [0, 3, 99_999, "admin"] as const) {
		const [one, other] = [createToken(holder), createToken(holder)];
		expect(parseToken(one)?.holder).toBe(holder);
		expect(parseToken(one)?.secret).toHaveLength(32);
		expect(one).not.toBe(other);
	}
});

test("what is no token is refused, without showing it", async () => {
	const good = createToken(3);
	const bad = [
		"",
		good.slice(0, -1),
		`${good}A`,
		good.replace("flc1", "flc2"),
		good.replace(".3.", ".03."),
		good.replace(".3.", ".-3."),
		good.replace(".3.", ".root."),
		` ${good}`,
		`${good}\n`,
	];
	for (const text of bad) {
		expect(parseToken(text), text).toBeUndefined();
		await expect(storedKeyOf(text)).rejects.toMatchObject({ code: "FL_TOKEN" });
		await expect(proveToken(text, new Uint8Array())).rejects.toThrow(/^the text given as a token is none/);
	}
});

test("proofs are those of RFC 5802, computed with Node's cryptography", async () => {
	await fc.assert(
		fc.asyncProperty(secret, transcript, async (bytes, text) => {
			const held = `flc1.3.${toBase64url(bytes)}`;
			const clientKey = createHmac("sha256", bytes).update("fl-sim client key").digest();
			const storedKey = createHash("sha256").update(clientKey).digest();
			const signature = createHmac("sha256", storedKey).update(text).digest();
			const proof = clientKey.map((byte, index) => byte ^ (signature[index] as number));
			expect(await storedKeyOf(held)).toBe(storedKey.toString("base64url"));
			expect(await proveToken(held, text)).toBe(Buffer.from(proof).toString("base64url"));
		}),
	);
});

test("a proof is accepted for its token and transcript", async () => {
	await fc.assert(
		fc.asyncProperty(token, transcript, async (held, text) => {
			expect(await checkProof(await storedKeyOf(held), text, await proveToken(held, text))).toBe(true);
		}),
	);
});

test("a proof is worth nothing for another transcript, for another token, or with one bit changed", async () => {
	await fc.assert(
		fc.asyncProperty(token, token, transcript, fc.nat(255), async (held, other, text, bit) => {
			fc.pre(held !== other);
			const storedKey = await storedKeyOf(held);
			const proof = await proveToken(held, text);
			const longer = Uint8Array.of(...text, 0);
			expect(await checkProof(storedKey, longer, proof)).toBe(false);
			expect(await checkProof(await storedKeyOf(other), text, proof)).toBe(false);
			const changed = fromBase64url(proof) ?? new Uint8Array(32);
			changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
			expect(await checkProof(storedKey, text, toBase64url(changed))).toBe(false);
		}),
	);
});

test("the stored key proves nothing by itself", async () => {
	const storedKey = await storedKeyOf(createToken(3));
	const text = Uint8Array.of(1, 2, 3);
	const key = Buffer.from(storedKey, "base64url");
	const signature = createHmac("sha256", key).update(text).digest();
	const guess = key.map((byte, index) => byte ^ (signature[index] as number));
	for (const forged of [guess, signature, key, new Uint8Array(32)]) {
		expect(await checkProof(storedKey, text, toBase64url(forged))).toBe(false);
	}
});

test("any text at all is only a wrong proof", async () => {
	const storedKey = await storedKeyOf(createToken(3));
	await fc.assert(
		fc.asyncProperty(fc.string({ maxLength: 60 }), async (proof) => {
			expect(await checkProof(storedKey, new Uint8Array(), proof)).toBe(false);
			expect(await checkProof(proof, new Uint8Array(), proof)).toBe(false);
		}),
	);
});

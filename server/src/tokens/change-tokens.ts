import { createHash } from "node:crypto";
import { FlSimError } from "@fl-sim/core";
import { createToken, storedKeyOf, type TokenHolder } from "@fl-sim/protocol";
import { changeTokenFile, type TokenEntry } from "./token-file.ts";

/** A token as it is issued: the only time that it is seen. */
export interface IssuedToken {
	readonly token: string;
	readonly entry: TokenEntry;
}

/** Makes a token for each holder and adds them to a token file. @throws FL_TOKENS_FILE */
export async function issueTokens(
	file: string,
	holders: readonly TokenHolder[],
	label: string | undefined,
): Promise<readonly IssuedToken[]> {
	const issued = await Promise.all(holders.map((holder) => issue(holder, label)));
	await changeTokenFile(file, (entries) => [...entries, ...issued.map(({ entry }) => entry)]);
	return issued;
}

async function issue(holder: TokenHolder, label: string | undefined): Promise<IssuedToken> {
	const token = createToken(holder);
	const storedKey = await storedKeyOf(token);
	const id = createHash("sha256").update(storedKey).digest("hex").slice(0, 8);
	const createdAt = new Date().toISOString();
	return { token, entry: { id, holder, label: label ?? null, createdAt, revokedAt: null, storedKey } };
}

/**
 * Revokes the valid tokens with these ids and all those of these holders.
 *
 * @returns what was revoked.
 * @throws FL_TOKENS_FILE; FL_USAGE when an id or holder has no valid token.
 */
export async function revokeTokens(
	file: string,
	which: { readonly ids: readonly string[]; readonly holders: readonly TokenHolder[] },
): Promise<readonly TokenEntry[]> {
	const revoked: TokenEntry[] = [];
	const revokedAt = new Date().toISOString();
	await changeTokenFile(file, (entries) => {
		const valid = entries.filter((entry) => entry.revokedAt === null);
		const missing = [
			...which.ids.filter((id) => !valid.some((entry) => entry.id === id)),
			...which.holders.filter((holder) => !valid.some((entry) => entry.holder === holder)).map(holderText),
		];
		if (missing.length > 0) {
			throw new FlSimError("FL_USAGE", `${file}: no valid token of ${missing.join(", ")}`, {
				fix: "`fl-server tokens list` shows all tokens with their ids.",
			});
		}
		return entries.map((entry) => {
			const isMeant = which.ids.includes(entry.id) || which.holders.includes(entry.holder);
			if (!isMeant || entry.revokedAt !== null) return entry;
			revoked.push(entry);
			return { ...entry, revokedAt };
		});
	});
	return revoked;
}

/** Whose token it is, in words. */
export function holderText(holder: TokenHolder): string {
	return holder === "admin" ? "admin" : `client ${holder}`;
}

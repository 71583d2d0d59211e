import { timingSafeEqual } from "node:crypto";
import { messageOf } from "@fl-sim/core";
import { checkProof, parseToken, storedKeyOf } from "@fl-sim/protocol";
import { readTokenFile, stampOf, type TokenEntry, type TokenFileVersion } from "./token-file.ts";

/** The tokens that a server accepts, as they stand in a file that commands change while it runs. */
export interface TokenStore {
	/** Valid tokens, as last read. */
	entries(): readonly TokenEntry[];
	/**
	 * The valid token of a client by which a proof was made; undefined for none. Reads the file again if it has changed.
	 *
	 * @throws FL_TOKENS_FILE when the file can no longer be read: then nobody is let in.
	 */
	checkClient(hello: ClientProof): Promise<TokenEntry | undefined>;
	/** The valid entry of an admin token; undefined for any other text. @throws FL_TOKENS_FILE */
	checkAdmin(token: string): Promise<TokenEntry | undefined>;
	/** Calls back for each token that becomes invalid, until the returned function is called. */
	onRevoked(listener: (entry: TokenEntry) => void): () => void;
	/** Reads the file again if it has changed. @throws FL_TOKENS_FILE */
	reload(): Promise<void>;
	/** Looks at the file no longer. */
	close(): void;
}

/** What a client says to prove who it is. */
interface ClientProof {
	readonly client: number;
	readonly transcript: Uint8Array;
	/** In base64url, see `proveToken`. */
	readonly proof: string;
}

export interface TokenStoreOptions {
	/** Time between two looks at the file. */
	readonly pollSeconds?: number;
	/** Told once, in a sentence, when the file cannot be read any more. */
	readonly onProblem?: (problem: string) => void;
}

/** Opens a token file. @throws FL_TOKENS_FILE */
export async function openTokenStore(file: string, options: TokenStoreOptions = {}): Promise<TokenStore> {
	const { pollSeconds = 2, onProblem } = options;
	const listeners = new Set<(entry: TokenEntry) => void>();
	let current: TokenFileVersion = await readTokenFile(file);
	let problem: string | undefined;
	let reading: Promise<void> | undefined;

	const read = async (): Promise<void> => {
		if (problem === undefined && (await stampOf(file)) === current.stamp) return;
		const before = current;
		try {
			current = await readTokenFile(file);
			problem = undefined;
		} catch (error) {
			if (problem === undefined) onProblem?.(messageOf(error));
			problem = messageOf(error);
			throw error;
		}
		const valid = new Set(validOf(current).map(({ storedKey }) => storedKey));
		for (const entry of validOf(before)) {
			if (!valid.has(entry.storedKey)) for (const listener of listeners) listener(entry);
		}
	};
	const reload = (): Promise<void> => {
		reading ??= read().finally(() => {
			reading = undefined;
		});
		return reading;
	};
	const timer = setInterval(() => void reload().catch(() => undefined), pollSeconds * 1000);
	timer.unref();

	return {
		entries: () => validOf(current),
		async checkClient({ client, transcript, proof }) {
			await reload();
			for (const entry of validOf(current)) {
				if (entry.holder === client && (await checkProof(entry.storedKey, transcript, proof))) return entry;
			}
			return undefined;
		},
		async checkAdmin(token) {
			if (parseToken(token)?.holder !== "admin") return undefined;
			const given = Buffer.from(await storedKeyOf(token));
			await reload();
			return validOf(current).find(
				({ holder, storedKey }) => holder === "admin" && timingSafeEqual(Buffer.from(storedKey), given),
			);
		},
		onRevoked(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		reload,
		close: () => clearInterval(timer),
	};
}

function validOf({ entries }: TokenFileVersion): readonly TokenEntry[] {
	return entries.filter(({ revokedAt }) => revokedAt === null);
}

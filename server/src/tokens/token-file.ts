import type { BigIntStats } from "node:fs";
import { type FileHandle, open, rm, stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { FlSimError, messageOf } from "@fl-sim/core";
import { writeFileDurably } from "@fl-sim/runs";
import { z } from "zod";

/** Where tokens are kept unless `--tokens` names another file. */
export const standardTokensFile = "fl-server-tokens.json";

const tokenEntry = z.strictObject({
	/** Names the token where the token itself must not be shown. */
	id: z.string().regex(/^[0-9a-f]{8}$/),
	/** Number of the client whose token it is; `admin` for who controls the run. */
	holder: z.union([z.int().min(0), z.literal("admin")]),
	label: z.string().max(200).nullable(),
	createdAt: z.iso.datetime(),
	/** From then on it is refused. */
	revokedAt: z.iso.datetime().nullable(),
	/** What proofs are checked against, see `storedKeyOf`. It does not serve to log in. */
	storedKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});

const tokenFile = z.strictObject({ formatVersion: z.literal(1), tokens: z.array(tokenEntry) });

/** What a server knows of a token. */
export type TokenEntry = Readonly<z.output<typeof tokenEntry>>;

/** A version of a token file: its entries and what tells it from other versions. */
export interface TokenFileVersion {
	readonly stamp: string;
	/** Permissions. */
	readonly mode: number;
	readonly entries: readonly TokenEntry[];
}

/**
 * Reads a token file.
 *
 * @throws FL_TOKENS_FILE when it is missing or malformed, or when others may read or change it.
 */
export async function readTokenFile(file: string): Promise<TokenFileVersion> {
	const handle = await open(file).catch((cause: unknown) => {
		throw isMissing(cause) ? missingFile(file, cause) : unreadableFile(file, cause);
	});
	try {
		const status = await handle.stat({ bigint: true });
		const mode = Number(status.mode) & 0o777;
		if (!status.isFile()) throw unreadableFile(file, "this is no file");
		// Windows has no such permissions.
		if (process.platform !== "win32" && (mode & 0o027) !== 0) throw openFile(file, mode);
		return { stamp: stampIn(status), mode, entries: parseTokenFile(file, await handle.readFile("utf8")) };
	} finally {
		await handle.close();
	}
}

/** What tells this version of a file from the one before; undefined when there is no file. */
export async function stampOf(file: string): Promise<string | undefined> {
	try {
		return stampIn(await stat(file, { bigint: true }));
	} catch {
		return undefined;
	}
}

/**
 * Changes a token file in one step, or makes it, readable by its owner alone. Of commands that change it at the same
 * time, one waits for the other.
 *
 * @throws FL_TOKENS_FILE
 */
export async function changeTokenFile(
	file: string,
	change: (entries: readonly TokenEntry[]) => readonly TokenEntry[],
): Promise<void> {
	const unlock = await lock(file);
	try {
		const isThere = (await stampOf(file)) !== undefined;
		const { mode, entries } = isThere ? await readTokenFile(file) : { mode: 0o600, entries: [] };
		const text = `${JSON.stringify({ formatVersion: 1, tokens: change(entries) }, null, "\t")}\n`;
		await writeFileDurably(file, [text], { mode });
	} catch (cause) {
		if (!(cause instanceof FlSimError) || cause.code !== "FL_RUN_WRITE") throw cause;
		throw tokensFileError(file, cause.message.replace(`${file}: `, ""), { fix: cause.fix ?? "", cause });
	} finally {
		await unlock();
	}
}

function parseTokenFile(file: string, text: string): readonly TokenEntry[] {
	const fix = "Put back an earlier version of the file, or issue tokens anew into another one.";
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch (cause) {
		throw tokensFileError(file, "this is no JSON", { fix, cause });
	}
	const parsed = tokenFile.safeParse(json);
	if (parsed.success) return parsed.data.tokens;
	const [issue] = parsed.error.issues;
	throw tokensFileError(file, `${issue?.path.join(".") || "the file"}: ${issue?.message ?? ""}`, { fix });
}

function stampIn({ ino, size, mtimeNs, mode }: BigIntStats): string {
	return `${ino} ${size} ${mtimeNs} ${mode}`;
}

const lockAttempts = 100;
/** Milliseconds. */
const lockWait = 50;

/** Holds the file for the time of a change. */
async function lock(file: string): Promise<() => Promise<void>> {
	const lockFile = `${file}.lock`;
	for (let attempt = 0; ; attempt += 1) {
		try {
			const handle: FileHandle = await open(lockFile, "wx", 0o600);
			await handle.close();
			return () => rm(lockFile, { force: true });
		} catch (cause) {
			if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) {
				throw unreadableFile(file, cause);
			}
			if (attempt === lockAttempts) {
				throw tokensFileError(
					file,
					`another command has been changing it for ${(lockAttempts * lockWait) / 1000} seconds`,
					{
						fix: `If none is, remove ${lockFile}.`,
					},
				);
			}
			await wait(lockWait);
		}
	}
}

function isMissing(cause: unknown): boolean {
	return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}

function missingFile(file: string, cause: unknown): FlSimError {
	const fix = `Issue a token: \`fl-server tokens issue --client 0 --tokens ${file}\`.`;
	return tokensFileError(file, "there is no such file", { fix, cause });
}

function unreadableFile(file: string, cause: unknown): FlSimError {
	const fix = "See that this user can read and write the file and its folder.";
	return tokensFileError(file, messageOf(cause), { fix, cause });
}

function openFile(file: string, mode: number): FlSimError {
	const found = mode.toString(8).padStart(4, "0");
	return tokensFileError(file, `others may read or change it: mode ${found}, expected 0600 or 0640`, {
		fix: `Close it: \`chmod 600 ${file}\`. If others had access, issue the tokens anew.`,
	});
}

function tokensFileError(
	file: string,
	problem: string,
	options: { readonly fix: string; readonly cause?: unknown },
): FlSimError {
	return new FlSimError("FL_TOKENS_FILE", `${file}: ${problem}`, { ...options, details: { file } });
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createToken, proveToken } from "@fl-sim/protocol";
import { expect, onTestFinished, test } from "vitest";
import { issueTokens, revokeTokens } from "./change-tokens.ts";
import type { TokenEntry } from "./token-file.ts";
import { openTokenStore, type TokenStore, type TokenStoreOptions } from "./token-store.ts";

/** Tokens of clients 3 and 4 and of an admin, and the store on their file, which looks at it only when asked. */
async function example(options: TokenStoreOptions = { pollSeconds: 3600 }) {
	const folder = await mkdtemp(join(tmpdir(), "fl-server-tokens-"));
	const file = join(folder, "tokens.json");
	const issued = await issueTokens(file, [3, 4, "admin"], undefined);
	const [three = "", four = "", admin = ""] = issued.map(({ token }) => token);
	const store = await openTokenStore(file, options);
	onTestFinished(async () => {
		store.close();
		await rm(folder, { recursive: true });
	});
	return { file, store, three, four, admin };
}

const transcript = new TextEncoder().encode("a transcript with a nonce");

async function holderBy(store: TokenStore, client: number, token: string): Promise<unknown> {
	const proof = await proveToken(token, transcript);
	return (await store.checkClient({ client, transcript, proof }))?.holder;
}

test("a client is known by its own token only", async () => {
	const { store, three, four, admin } = await example();
	expect(await holderBy(store, 3, three)).toBe(3);
	expect(await holderBy(store, 4, four)).toBe(4);
	expect(await holderBy(store, 4, three)).toBeUndefined();
	expect(await holderBy(store, 3, admin)).toBeUndefined();
	expect(await holderBy(store, 3, createToken(3))).toBeUndefined();
	expect(await holderBy(store, 5, createToken(5))).toBeUndefined();
});

test("an admin is known by an admin's token only", async () => {
	const { store, three, admin } = await example();
	expect((await store.checkAdmin(admin))?.holder).toBe("admin");
	for (const other of [three, createToken("admin"), "", "admin", three.replace(".3.", ".admin.")]) {
		expect(await store.checkAdmin(other), other).toBeUndefined();
	}
});

test("a new token is accepted at once, beside the old one of the same client", async () => {
	const { file, store, three } = await example();
	const [issued] = await issueTokens(file, [3], "new laptop");
	expect(await holderBy(store, 3, issued?.token ?? "")).toBe(3);
	expect(await holderBy(store, 3, three)).toBe(3);
});

test("a revoked token is refused at the next hello, and its holder's sessions are told of", async () => {
	const { file, store, three, four, admin } = await example();
	const told: TokenEntry[] = [];
	const stop = store.onRevoked((entry) => told.push(entry));
	await revokeTokens(file, { ids: [], holders: [3, "admin"] });
	expect(await holderBy(store, 3, three)).toBeUndefined();
	expect(await store.checkAdmin(admin)).toBeUndefined();
	expect(await holderBy(store, 4, four)).toBe(4);
	expect(told.map(({ holder }) => holder)).toEqual([3, "admin"]);
	stop();
	await revokeTokens(file, { ids: [], holders: [4] });
	await store.reload();
	expect(told).toHaveLength(2);
	expect(store.entries()).toEqual([]);
});

test("an open session is told of without any hello", async () => {
	const { file, store } = await example({ pollSeconds: 0.01 });
	const told = new Promise<TokenEntry>((resolve) => store.onRevoked(resolve));
	await revokeTokens(file, { ids: [], holders: [4] });
	expect((await told).holder).toBe(4);
});

test("an entry that is taken out of the file is revoked too", async () => {
	const { file, store, three } = await example();
	const told: TokenEntry[] = [];
	store.onRevoked((entry) => told.push(entry));
	const json = JSON.parse(await readFile(file, "utf8")) as { tokens: unknown[] };
	await writeFile(file, JSON.stringify({ ...json, tokens: json.tokens.slice(1) }));
	expect(await holderBy(store, 3, three)).toBeUndefined();
	expect(told.map(({ holder }) => holder)).toEqual([3]);
});

test("while the file cannot be read nobody is let in, and it is told once", async () => {
	const problems: string[] = [];
	const { file, store, three, admin } = await example({
		pollSeconds: 3600,
		onProblem: (problem) => problems.push(problem),
	});
	const good = await readFile(file);
	await rm(file);
	await expect(holderBy(store, 3, three)).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
	await expect(store.checkAdmin(admin)).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
	expect(problems).toEqual([`${file}: there is no such file`]);
	await writeFile(file, good, { mode: 0o600 });
	expect(await holderBy(store, 3, three)).toBe(3);
});

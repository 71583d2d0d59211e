import { chmod, mkdtemp, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { issueTokens, revokeTokens } from "./change-tokens.ts";
import { readTokenFile } from "./token-file.ts";

const newFile = async (): Promise<string> =>
	join(await mkdtemp(join(tmpdir(), "fl-server-tokens-")), "tokens.json");

test("a token file is its owner's alone, and holds neither tokens nor secrets", async () => {
	const file = await newFile();
	const [issued] = await issueTokens(file, [3], "hospital");
	expect((await stat(file)).mode & 0o777).toBe(0o600);
	const text = await readFile(file, "utf8");
	expect(text).toContain('"hospital"');
	expect(issued?.token).toMatch(/^flc1\.3\./);
	expect(text).not.toContain(issued?.token.split(".")[2]);
	expect((await readTokenFile(file)).entries).toEqual([issued?.entry]);
});

test("tokens that several commands issue at the same time are all there", async () => {
	const file = await newFile();
	await Promise.all([0, 1, 2, 3, 4, 5].map((client) => issueTokens(file, [client, client + 10], undefined)));
	const { entries } = await readTokenFile(file);
	expect(entries.map(({ holder }) => Number(holder)).sort((a, b) => a - b)).toEqual([
		0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15,
	]);
	expect(await readdir(join(file, ".."))).toEqual(["tokens.json"]);
});

test("revoking marks the named tokens and leaves the others", async () => {
	const file = await newFile();
	const issued = await issueTokens(file, [3, 3, 4, "admin"], undefined);
	const id = issued[2]?.entry.id ?? "";
	const revoked = await revokeTokens(file, { ids: [id], holders: [3] });
	expect(revoked.map(({ holder }) => holder)).toEqual([3, 3, 4]);
	const { entries } = await readTokenFile(file);
	expect(entries.map(({ revokedAt }) => revokedAt === null)).toEqual([false, false, false, true]);
	await expect(revokeTokens(file, { ids: [id, "0badcafe"], holders: [3] })).rejects.toMatchObject({
		code: "FL_USAGE",
		message: expect.stringContaining(`${id}, 0badcafe, client 3`),
	});
	expect((await readTokenFile(file)).entries).toEqual(entries);
});

test.skipIf(process.platform === "win32")("a file that others may read or change is refused", async () => {
	const file = await newFile();
	await issueTokens(file, [3], undefined);
	for (const mode of [0o644, 0o604, 0o620, 0o660, 0o602]) {
		await chmod(file, mode);
		const error = { code: "FL_TOKENS_FILE", fix: expect.stringContaining(`chmod 600 ${file}`) };
		await expect(readTokenFile(file)).rejects.toMatchObject(error);
		await expect(issueTokens(file, [4], undefined)).rejects.toMatchObject(error);
	}
});

test.skipIf(process.platform === "win32")("a file that its group may read stays so", async () => {
	const file = await newFile();
	await issueTokens(file, [3], undefined);
	await chmod(file, 0o640);
	await issueTokens(file, [4], undefined);
	expect((await stat(file)).mode & 0o777).toBe(0o640);
	expect((await readTokenFile(file)).entries).toHaveLength(2);
});

test("a damaged file is refused and left as it is", async () => {
	const file = await newFile();
	await issueTokens(file, [3], undefined);
	const good = await readFile(file, "utf8");
	const damaged = [
		["", /no JSON/],
		[good.slice(0, 100), /no JSON/],
		["[]", /the file/],
		[good.replace('"formatVersion": 1', '"formatVersion": 2'), /formatVersion/],
		[good.replace('"holder": 3', '"holder": -3'), /tokens\.0\.holder/],
		[good.replace('"label"', '"lable"'), /tokens\.0/],
		[good.replace(/"storedKey": "./, '"storedKey": "'), /tokens\.0\.storedKey/],
	] as const;
	for (const [text, problem] of damaged) {
		await writeFile(file, text);
		await expect(readTokenFile(file)).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
		await expect(issueTokens(file, [4], undefined)).rejects.toThrow(problem);
		expect(await readFile(file, "utf8")).toBe(text);
	}
});

test("a file that is not there, or no file, or in no folder, is named with what to do", async () => {
	const file = await newFile();
	await expect(readTokenFile(file)).rejects.toMatchObject({
		code: "FL_TOKENS_FILE",
		message: `${file}: there is no such file`,
		fix: expect.stringContaining("fl-server tokens issue"),
	});
	await expect(readTokenFile(tmpdir())).rejects.toThrow(/this is no file/);
	const nowhere = join(file, "..", "no", "tokens.json");
	await expect(issueTokens(nowhere, [3], undefined)).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
	await symlink("itself", join(file, "..", "itself"));
	await expect(readTokenFile(join(file, "..", "itself"))).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
});

import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";

import { command as certificates } from "./certificates.ts";
import { command as tokens } from "./tokens.ts";

const main = join(import.meta.dirname, "../main.ts");
let folder = "";

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "fl-server-commands-"));
});
afterEach(() => rm(folder, { recursive: true }));

interface Result {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
}

/** Runs the real command in an empty folder. */
async function flServer(...words: string[]): Promise<Result> {
	const environment = { ...process.env, CI: "1", NO_COLOR: "1" };
	const settings = { cwd: folder, env: environment };
	return await promisify(execFile)(process.execPath, [main, ...words], settings).then(
		(output) => ({ ...output, code: 0 }),
		(error: Result) => error,
	);
}

test("a token is printed once, alone, and is not in the list", async () => {
	const issued = await flServer("tokens", "issue", "--client", "3", "--label", "hospital");
	expect([issued.code, issued.stdout]).toEqual([0, expect.stringMatching(/^flc1\.3\.[\w-]{43}\n$/)]);
	const secret = issued.stdout.trim().split(".")[2] ?? "";
	for (const words of [[], ["--json"]]) {
		const listed = await flServer("tokens", "list", ...words);
		expect(listed.stdout).toMatch(/hospital/);
		expect(listed.stdout).not.toContain(secret);
		expect(listed.stdout).not.toContain("storedKey");
	}
	const revoked = await flServer("tokens", "revoke", "--client", "3");
	expect([revoked.code, revoked.stdout]).toEqual([
		0,
		expect.stringMatching(/^Revoked [0-9a-f]{8} of client 3\.\n$/),
	]);
});

test("tokens for a range of clients and an admin come one a line, or as JSON", async () => {
	const { stdout } = await flServer("tokens", "issue", "--client", "0-2", "--client", "7");
	expect(stdout.split("\n").map((line) => line.split(".")[1])).toEqual(["0", "1", "2", "7", undefined]);
	const json: unknown = JSON.parse((await flServer("tokens", "issue", "--admin", "--json")).stdout);
	expect(json).toEqual([
		expect.objectContaining({ holder: "admin", token: expect.stringMatching(/^flc1\.admin\./) }),
	]);
});

test("a mistake ends with code 2 and what to do", async () => {
	const { code, stderr, stdout } = await flServer("tokens", "list");
	expect([code, stdout]).toEqual([2, ""]);
	expect(stderr).toMatch(/FL_TOKENS_FILE.*fl-server tokens issue/s);
	expect(stderr).not.toMatch(/\n {4}at /);
});

test("arguments that fit no action are mistakes, and nothing is written", async () => {
	const out = join(folder, "certificates");
	const file = join(folder, "tokens.json");
	const mistakes = [
		[tokens, { action: "issue", tokens: file }, /nobody is named/],
		[tokens, { action: "issue", tokens: file, client: ["3-1"] }, /--client: found 3-1/],
		[tokens, { action: "issue", tokens: file, client: ["-1"] }, /--client: found -1/],
		[tokens, { action: "issue", tokens: file, client: ["0-100000"] }, /--client: found 0-100000/],
		[tokens, { action: "issue", tokens: file, client: ["1"], id: ["0badcafe"] }, /found the id 0badcafe/],
		[tokens, { action: "revoke", tokens: file }, /no token is named/],
		[certificates, { out }, /no certificate is asked for/],
		[certificates, { out, host: ["https://x.org:8443"], days: 1 }, /--host: found https/],
		[certificates, { out, host: ["x.org"], days: 0 }, /--days: found 0/],
	] as const;
	for (const [command, args, message] of mistakes) {
		await expect(async () => command.run(args)).rejects.toMatchObject({
			code: "FL_USAGE",
			message: expect.stringMatching(message),
		});
	}
	expect(await readdir(folder)).toEqual([]);
});

test("one line makes the certificates of a federation", async () => {
	const made = await flServer(
		"certificates",
		"--host",
		"localhost",
		"--client",
		"0-1",
		"--out",
		"certificates",
	);
	expect(made.code).toBe(0);
	const written = made.stdout.trim().split("\n");
	expect(written.map((file) => file.split(/[/\\]/).at(-1)).sort()).toEqual(
		(await readdir(join(folder, "certificates"))).sort(),
	);
	expect(written).toHaveLength(8);
});

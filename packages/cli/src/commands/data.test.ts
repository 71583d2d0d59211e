import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { command } from "./data.ts";

let output = "";

beforeEach(() => {
	output = "";
	vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		output += String(text);
		return true;
	});
});

afterEach(() => {
	vi.restoreAllMocks();
	vi.unstubAllEnvs();
});

async function temporaryFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-cli-data-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

test("the list names every data set with its size and whether it is here", async () => {
	vi.stubEnv("FL_SIM_DATA", await temporaryFolder());
	expect(await command.run({ action: "list" })).toBe(0);
	const lines = output.trimEnd().split("\n");
	expect(lines).toHaveLength(7);
	expect(lines[1]).toMatch(/^mnist +11\.6 MB +not here +MNIST: /);
	expect(output).toMatch(/^femnist +by hand/m);
});

test("the list tells where the files of a data set are", async () => {
	const folder = await temporaryFolder();
	vi.stubEnv("XDG_CACHE_HOME", folder);
	vi.stubEnv("FL_SIM_DATA", "");
	await mkdir(join(folder, "fl-sim/shakespeare"), { recursive: true });
	await writeFile(join(folder, "fl-sim/shakespeare/input.txt"), "ROMEO:\n");
	await command.run({ action: "list" });
	expect(output).toContain(`in ${join(folder, "fl-sim/shakespeare")}`);
});

test("a data set without a name or with an unknown one is a usage error", async () => {
	await expect(command.run({ action: "get", name: "imagenet" })).rejects.toMatchObject({
		code: "FL_USAGE",
		message: expect.stringMatching(/Unknown data set "imagenet"; known: mnist, /),
	});
	await expect(command.run({ action: "get" })).rejects.toMatchObject({ code: "FL_USAGE" });
});

test("get fails with what to do by hand when the mirror has other bytes or cannot be reached", async () => {
	const server = createServer((_, response) => response.end("other bytes"));
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(() => {
		server.close();
	});
	const { port } = server.address() as AddressInfo;
	const to = await temporaryFolder();
	const get = (from: string) => command.run({ action: "get", name: "shakespeare", to, from });
	await expect(get(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: "FL_DATA_CHECKSUM" });
	await expect(get("http://127.0.0.1:1")).rejects.toMatchObject({
		code: "FL_DATA_DOWNLOAD",
		fix: expect.stringContaining(to),
	});
});

const shakespeare = join(import.meta.dirname, "../../../../../shared/data/tinyshakespeare/input.txt");
const text = await readFile(shakespeare).catch(() => undefined);

test.skipIf(text === undefined)(
	"get brings the file and says so, and the second time keeps it (needs ../shared/data/tinyshakespeare)",
	async () => {
		const server = createServer((_, response) => response.end(text));
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		onTestFinished(() => {
			server.closeAllConnections();
			server.close();
		});
		const { port } = server.address() as AddressInfo;
		const to = await temporaryFolder();
		const args = { action: "get", name: "shakespeare", to, from: `http://127.0.0.1:${port}` };
		expect(await command.run(args)).toBe(0);
		const md5 = createHash("md5").update(await readFile(join(to, "input.txt")));
		expect(md5.digest("hex")).toBe("6fb458f1232090904fb40fe944165e91");
		expect(output).toBe(`input.txt: 1.1 MB received\nshakespeare: 1 files downloaded, complete in ${to}\n`);
		await command.run(args);
		expect(output).toMatch(/input\.txt: already there\nshakespeare: 0 files downloaded/);
	},
);

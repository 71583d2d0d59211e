import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, connect, createServer, type TLSSocket, type TlsOptions } from "node:tls";
import { loadTlsFiles } from "@fl-sim/command-line/tls";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { clientNamed } from "./client-name.ts";
import { writeCertificates } from "./write-certificates.ts";

let root = "";
const at = (...names: string[]): string => join(root, ...names);
/** Another authority with the same names. */
const foreign = (name: string): string => at("foreign", name);
const own = (name: string): string => at("own", name);
const order = { hosts: ["localhost", "127.0.0.1"], clients: [3], days: 30 };

beforeAll(async () => {
	root = await mkdtemp(join(tmpdir(), "fl-server-certificates-"));
	await writeCertificates({ ...order, out: at("own") });
	await writeCertificates({ ...order, out: at("foreign") });
});
afterAll(() => rm(root, { recursive: true }));

/** What a server and a client find out about each other. */
async function handshake(
	server: TlsOptions,
	client: ConnectionOptions,
): Promise<number | undefined | string> {
	const listener = createServer({ ...server, requestCert: true, rejectUnauthorized: true });
	onTestFinished(() => void listener.close());
	const seen = new Promise<number | undefined | string>((resolve) => {
		listener.on("secureConnection", (socket: TLSSocket) => {
			resolve(clientNamed(socket.getPeerCertificate()));
			socket.on("error", () => undefined).end();
		});
		listener.on("tlsClientError", () => resolve("refused by the server"));
	});
	await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
	const { port } = listener.address() as AddressInfo;
	const socket = connect({ port, host: "127.0.0.1", servername: "localhost", ...client });
	const refused = new Promise<string>((resolve) => {
		socket.on("error", (error: NodeJS.ErrnoException) => {
			// The server's refusal reaches the client as an alert or as an end; the server's own event tells.
			if (/CERT|SIGNATURE|ALTNAME|SELF_SIGNED|ISSUER/.test(error.code ?? ""))
				resolve("refused by the client");
		});
	});
	return await Promise.race([seen, refused]);
}

const settingsOf = (files: { cert?: string; key?: string; ca?: string }) => loadTlsFiles(files);

describe("mutual TLS with these certificates", () => {
	const server = () => settingsOf({ cert: own("server.pem"), key: own("server-key.pem"), ca: own("ca.pem") });
	const client = (folder: (name: string) => string, ca: string) =>
		settingsOf({ cert: folder("client-3.pem"), key: folder("client-3-key.pem"), ca });

	test("tells the number of the client", async () => {
		expect(await handshake(await server(), await client(own, own("ca.pem")))).toBe(3);
	});

	test("refuses a client without a certificate, or with one of another authority", async () => {
		expect(await handshake(await server(), await settingsOf({ ca: own("ca.pem") }))).toBe(
			"refused by the server",
		);
		expect(await handshake(await server(), await client(foreign, own("ca.pem")))).toBe(
			"refused by the server",
		);
	});

	test("refuses a server of another authority, or under another name", async () => {
		expect(await handshake(await server(), await client(own, foreign("ca.pem")))).toBe(
			"refused by the client",
		);
		const misled = { ...(await client(own, own("ca.pem"))), servername: "fl.example.org" };
		expect(await handshake(await server(), misled)).toBe("refused by the client");
	});

	test("refuses a server's certificate from a client, and TLS below 1.2", async () => {
		const cert = { cert: own("server.pem"), key: own("server-key.pem"), ca: own("ca.pem") };
		expect(await handshake(await server(), await settingsOf(cert))).toBe("refused by the server");
		const old = {
			...(await client(own, own("ca.pem"))),
			minVersion: "TLSv1",
			maxVersion: "TLSv1.1",
		} as const;
		expect(await handshake(await server(), { ...old, ciphers: "DEFAULT@SECLEVEL=0" })).toBe(
			"refused by the server",
		);
	});
});

test("only the common name of a client tells a number", () => {
	expect(clientNamed({ subject: { CN: "client-0" } })).toBe(0);
	expect(clientNamed({ subject: { CN: "client-417" } })).toBe(417);
	for (const CN of [
		"client-",
		"client-01",
		"client--1",
		"client-1 ",
		"xclient-1",
		"client-1\nCN=client-2",
		"",
	]) {
		expect(clientNamed({ subject: { CN } }), CN).toBeUndefined();
	}
	expect(clientNamed({ subject: { CN: ["client-1", "client-2"] } })).toBeUndefined();
	expect(clientNamed({ subject: {} })).toBeUndefined();
	expect(clientNamed({})).toBeUndefined();
});

describe("files", () => {
	test.skipIf(process.platform === "win32")("keys are their owner's alone", async () => {
		for (const name of await readdir(at("own"))) {
			const mode = (await stat(own(name))).mode & 0o777;
			expect(mode & 0o077, name).toBe(name.endsWith("-key.pem") ? 0 : 0o044);
		}
		expect((await stat(at("own"))).mode & 0o777).toBe(0o700);
	});

	test("nothing is overwritten, and nothing else written when something would be", async () => {
		const before = await readdir(at("own"));
		const bytes = await readFile(own("client-3-key.pem"));
		await expect(
			writeCertificates({ ...order, hosts: [], clients: [9, 3], out: at("own") }),
		).rejects.toMatchObject({
			code: "FL_CERTIFICATE",
			message: `${own("client-3.pem")}: the file is there already; nothing is overwritten`,
		});
		expect(await readdir(at("own"))).toEqual(before);
		expect(await readFile(own("client-3-key.pem"))).toEqual(bytes);
	});

	test("a later call signs with the same authority", async () => {
		const written = await writeCertificates({ out: at("own"), hosts: [], clients: [4], days: 1 });
		expect(written).toEqual([own("client-4-key.pem"), own("client-4.pem")]);
		const server = await settingsOf({
			cert: own("server.pem"),
			key: own("server-key.pem"),
			ca: own("ca.pem"),
		});
		const client = await settingsOf({
			cert: own("client-4.pem"),
			key: own("client-4-key.pem"),
			ca: own("ca.pem"),
		});
		expect(await handshake(server, client)).toBe(4);
	});

	test("half an authority is a mistake, not a reason to make another one", async () => {
		await writeCertificates({ ...order, out: at("half") });
		await rm(at("half", "ca-key.pem"));
		await expect(
			writeCertificates({ ...order, hosts: [], clients: [5], out: at("half") }),
		).rejects.toMatchObject({
			code: "FL_CERTIFICATE",
			message: expect.stringContaining("ca-key.pem"),
		});
	});
});

describe("a file of a TLS endpoint", () => {
	const expectMistake = async (
		files: Parameters<typeof loadTlsFiles>[0],
		message: RegExp,
		now = new Date(),
	) =>
		await expect(loadTlsFiles(files, now)).rejects.toMatchObject({
			code: "FL_CERTIFICATE",
			message: expect.stringMatching(message),
			fix: expect.any(String),
		});

	test("is named when it is missing", async () => {
		await expectMistake(
			{ cert: own("no.pem"), key: own("server-key.pem") },
			/own.no\.pem: there is no such file/,
		);
		await expectMistake(
			{ cert: own("server.pem"), key: own("no.pem") },
			/own.no\.pem: there is no such file/,
		);
		await expectMistake({ ca: own("no.pem") }, /own.no\.pem: there is no such file/);
	});

	test("is named when it holds something else", async () => {
		const damaged = at("damaged.pem");
		await writeFile(damaged, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
		const key = own("server-key.pem");
		await expectMistake({ cert: key, key }, /server-key\.pem: no certificate/);
		await expectMistake({ cert: damaged, key }, /damaged\.pem: a certificate in it is damaged/);
		await expectMistake({ cert: own("server.pem"), key: own("server.pem") }, /server\.pem: no private key/);
		await expectMistake(
			{ ca: own("server.pem") },
			/server\.pem: .*CN=fl-sim server is not one of an authority/,
		);
	});

	test("is named when the key is another one", async () => {
		const files = { cert: own("server.pem"), key: foreign("server-key.pem") };
		await expectMistake(
			files,
			/foreign.server-key\.pem: .*not the private key of the certificate in .*server\.pem/,
		);
	});

	test("is named when it is not valid today", async () => {
		const files = { cert: own("server.pem"), key: own("server-key.pem") };
		const inDays = (days: number): Date => new Date(Date.now() + days * 86_400_000);
		await expect(loadTlsFiles(files, inDays(29))).resolves.toMatchObject({ minVersion: "TLSv1.2" });
		await expectMistake(files, /server\.pem: .*fl-sim server expired on /, inDays(31));
		await expectMistake(files, /server\.pem: .*not valid before /, inDays(-1));
		await expectMistake({ ca: own("ca.pem") }, /ca\.pem: .*expired/, inDays(3651));
	});

	test("is missed when the other is given", async () => {
		for (const files of [{ cert: own("server.pem") }, { key: own("server-key.pem") }]) {
			await expect(loadTlsFiles(files)).rejects.toMatchObject({ code: "FL_USAGE" });
		}
	});
});

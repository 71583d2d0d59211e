import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import yargs from "yargs";
import { writeCertificates } from "./certificates/write-certificates.ts";
import { openSecurity, readServeOptions, type ServeOptions, serveOptions } from "./serve-options.ts";
import { issueTokens } from "./tokens/change-tokens.ts";

function read(...words: string[]): ServeOptions {
	const parser = serveOptions(yargs()).parserConfiguration({ "greedy-arrays": false });
	return readServeOptions(parser.parseSync(words));
}

test("without options a server is for its own machine", () => {
	expect(read()).toEqual({
		port: 8443,
		host: "127.0.0.1",
		cert: undefined,
		key: undefined,
		clientCa: undefined,
		insecure: false,
		tokens: undefined,
		allowedOrigins: [],
		connectionsPerMinute: undefined,
		log: undefined,
	});
});

test("every option is read", () => {
	const address = ["--host", "0.0.0.0", "--port", "443"];
	const tls = ["--cert", "c.pem", "--key", "k.pem", "--client-ca", "ca.pem"];
	const origins = ["--allow-origin", "https://a.org", "--allow-origin", "http://localhost:5173"];
	const others = ["--tokens", "t.json", "--log", "server.log", "--connections-per-minute", "60"];
	expect(read(...address, ...tls, ...origins, ...others)).toEqual({
		port: 443,
		host: "0.0.0.0",
		cert: "c.pem",
		key: "k.pem",
		clientCa: "ca.pem",
		insecure: false,
		tokens: "t.json",
		allowedOrigins: ["https://a.org", "http://localhost:5173"],
		connectionsPerMinute: 60,
		log: "server.log",
	});
});

test.each([
	[["--port", "-1"], /--port: found -1/],
	[["--port", "65536"], /--port: found 65536/],
	[["--port", "80.5"], /--port: found 80\.5/],
	[["--connections-per-minute", "0"], /--connections-per-minute: found 0/],
	[["--client-ca", "ca.pem"], /--client-ca is given without --cert/],
	[["--insecure", "--cert", "c.pem"], /expected one of them/],
	[["--allow-origin", "*"], /--allow-origin: found \*/],
	[["--allow-origin", "example.org"], /--allow-origin: found example\.org/],
	[["--allow-origin", "https://example.org/"], /--allow-origin: found https:\/\/example\.org\//],
])("%j is a mistake", (words, message) => {
	expect(() => read(...words)).toThrowError(
		expect.objectContaining({ code: "FL_USAGE", message: expect.stringMatching(message) }),
	);
});

test("an origin with too much in it is answered with the one that was meant", () => {
	expect(() => read("--allow-origin", "https://Example.org/board")).toThrowError(
		expect.objectContaining({ fix: expect.stringContaining("Did you mean https://example.org?") }),
	);
});

async function files() {
	const folder = await mkdtemp(join(tmpdir(), "fl-server-options-"));
	onTestFinished(() => rm(folder, { recursive: true }));
	const at = (name: string): string => join(folder, name);
	await writeCertificates({ out: folder, hosts: ["localhost"], clients: [], days: 1 });
	await issueTokens(at("admins.json"), ["admin"], undefined);
	await issueTokens(at("tokens.json"), [3, "admin"], undefined);
	const tls = ["--cert", at("server.pem"), "--key", at("server-key.pem")];
	const open = (...words: string[]) =>
		openSecurity(read(...words), () => undefined).then((security) => {
			security.tokens?.close();
			return security;
		});
	return { at, tls, open };
}

test("a server for other machines opens with TLS and tokens only", async () => {
	const { at, tls, open } = await files();
	const outside = ["--host", "0.0.0.0"];
	const tokens = ["--tokens", at("tokens.json")];
	for (const words of [tls, tokens, [...tls, "--tokens", at("admins.json")], ["--insecure"]]) {
		await expect(open(...outside, ...words)).rejects.toMatchObject({ code: "FL_SERVER_EXPOSED" });
	}
	const { tls: settings, tokens: store } = await open(...outside, ...tls, ...tokens);
	expect(settings).toMatchObject({ minVersion: "TLSv1.2", requestCert: false });
	expect(store?.entries()).toHaveLength(2);
	expect((await open(...outside, ...tokens, "--insecure")).tls).toBeUndefined();
});

test("with an authority for clients, each client needs a certificate", async () => {
	const { at, tls, open } = await files();
	const { tls: settings } = await open(...tls, "--client-ca", at("ca.pem"));
	expect(settings).toMatchObject({ requestCert: true, rejectUnauthorized: true });
	expect(settings?.ca).toHaveLength(1);
});

test("files that are named must be there, on loopback too", async () => {
	const { at, open } = await files();
	expect((await open()).tls).toBeUndefined();
	await expect(open("--tokens", at("no.json"))).rejects.toMatchObject({ code: "FL_TOKENS_FILE" });
	await expect(open("--cert", at("no.pem"), "--key", at("no.pem"))).rejects.toMatchObject({
		code: "FL_CERTIFICATE",
	});
});

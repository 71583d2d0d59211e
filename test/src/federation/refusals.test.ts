import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { get } from "node:https";
import { join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { createToken, helloTranscript, proveToken } from "@fl-sim/protocol";
import { expect, test } from "vitest";
import {
	type CertificateAndKey,
	makeAuthority,
	makeCertificate,
} from "../../../server/src/certificates/make-certificate.ts";
import { issueTokens, revokeTokens } from "../../../server/src/tokens/change-tokens.ts";
import { RawPeer } from "./raw-peer.fixture.ts";
import { flServer, SmallFederation } from "./small-federation.fixture.ts";

const model = "/api/run/model.safetensors";
const clientNonce = "c".repeat(32);
const nameOf = (client: number) => ({ use: "client", name: `client-${client}` }) as const;

/** Level 40 of pino is a warning: what an operator should look at. */
const isAudit = (line: string): boolean => /^\{"level":[456]0,/.test(line);

test("whoever is not who it should be is refused before anything of it is looked at, with one line and no secret in it", async () => {
	const federation = await SmallFederation.create();
	const { folder } = federation;
	const inFolder = (name: string): Promise<string> => readFile(join(folder, "certificates", name), "utf8");
	await flServer(["certificates", "--host", "localhost", "--client", "0-3", "--out", "certificates"], folder);
	const tokensFile = join(folder, "fl-server-tokens.json");
	const issued = await issueTokens(tokensFile, [0, 1, 2, "admin"], undefined);
	const [token = "", revoked = "", connected = "", admin = ""] = issued.map((each) => each.token);
	await revokeTokens(tokensFile, { ids: [], holders: [1] });
	const tls = ["--cert", "certificates/server.pem", "--key", "certificates/server-key.pem"];
	const server = await federation.serve([...tls, "--client-ca", "certificates/ca.pem"]);
	const { port, program } = server;
	const authority = { certificate: await inFolder("ca.pem"), key: await inFolder("ca-key.pem") };
	const [now, longAgo] = [new Date(), new Date(2020, 0)];
	const foreign = await makeAuthority(1, now);
	const withCertificate = ({ certificate: cert, key }: CertificateAndKey): ConnectionOptions => ({
		ca: authority.certificate,
		servername: "localhost",
		cert,
		key,
	});
	const files = async (client: number): Promise<ConnectionOptions> =>
		withCertificate({
			certificate: await inFolder(`client-${client}.pem`),
			key: await inFolder(`client-${client}-key.pem`),
		});
	const own = await files(0);
	const proofs: string[] = [];

	/** A client 0 of this token, on a connection with this certificate. */
	async function greet(proofOf: (serverNonce: string) => Promise<string>, tls = own, client = 0) {
		const peer = await RawPeer.open(port, { tls });
		const proof = await proofOf(peer.last("challenge")?.nonce ?? "");
		proofs.push(proof);
		peer.hello(client, { nonce: clientNonce, proof });
		return peer;
	}
	const proving =
		(secret: string, client = 0) =>
		(serverNonce: string) =>
			proveToken(secret, helloTranscript({ serverNonce, clientNonce, client }));

	/** The close code of a client that was heard and refused. */
	async function refusedAfter(greeting: Promise<RawPeer>): Promise<unknown> {
		const peer = await greeting;
		await peer.ended;
		expect(peer.heard.map(({ type }) => type)).toEqual(["challenge", "error"]);
		return peer.closeCode;
	}
	/** What a peer got instead of a WebSocket: nothing, where TLS failed. */
	async function turnedAway(tls: ConnectionOptions, headers = ""): Promise<unknown> {
		const peer = await RawPeer.open(port, { tls, headers });
		await peer.ended;
		expect(peer.heard).toEqual([]);
		return peer.head.slice(9, 12);
	}
	const statusOf = (path: string, secret = ""): Promise<unknown> =>
		new Promise((resolve, reject) => {
			const headers = { authorization: `Bearer ${secret}` };
			const request = get({ ...own, host: "localhost", port, path, headers });
			request.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
		});

	await expect.poll(() => statusOf("/ready")).toBe(200);

	// What a good client sends is good once.
	const recorded = await greet(proving(token));
	await recorded.hears("welcome");
	recorded.say({ type: "goodbye", reason: "recorded" });
	await recorded.ended;

	const cases: readonly (readonly [string, RegExp, unknown, () => Promise<unknown>])[] = [
		[
			"no certificate",
			/ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE/,
			"",
			() => turnedAway({ ca: authority.certificate, servername: "localhost" }),
		],
		[
			"an expired certificate",
			/CERT_HAS_EXPIRED/,
			"",
			async () => turnedAway(withCertificate(await makeCertificate(authority, nameOf(0), 30, longAgo))),
		],
		[
			"a certificate of another authority",
			/UNABLE_TO|SELF_SIGNED/,
			"",
			async () => turnedAway(withCertificate(await makeCertificate(foreign, nameOf(0), 30, now))),
		],
		[
			"a certificate for servers",
			/INVALID_PURPOSE/,
			"",
			async () =>
				turnedAway(
					withCertificate(await makeCertificate(authority, { use: "server", hosts: ["x"] }, 30, now)),
				),
		],
		[
			"the certificate of another client",
			/made out to client 3, not to client 0/,
			1008,
			async () => refusedAfter(greet(proving(token), await files(3))),
		],
		[
			"a certificate for no client",
			/made out to no client, not to client 0/,
			1008,
			async () => {
				const someone = await makeCertificate(authority, { use: "client", name: "someone" }, 30, now);
				return refusedAfter(greet(proving(token), withCertificate(someone)));
			},
		],
		["a page of another site", /origin/, "403", () => turnedAway(own, "Origin: https://example.org\r\n")],
		["an unknown token", /token of client 0 is/, 1008, () => refusedAfter(greet(proving(createToken(0))))],
		[
			"a revoked token",
			/token of client 1 is/,
			1008,
			async () => refusedAfter(greet(proving(revoked, 1), await files(1), 1)),
		],
		[
			"the token of another client",
			/token of client 3 is/,
			1008,
			async () => refusedAfter(greet(proving(token, 3), await files(3), 3)),
		],
		[
			"a wrong proof",
			/token of client 0 is/,
			1008,
			() => refusedAfter(greet(() => Promise.resolve(randomBytes(32).toString("base64url")))),
		],
		[
			"a replayed hello",
			/token of client 0 is/,
			1008,
			() => refusedAfter(greet(() => Promise.resolve(proofs[0] ?? ""))),
		],
		["the token of an admin", /token of client 0 is/, 1008, () => refusedAfter(greet(proving(admin)))],
		["the token of a client at an admin's request", /HTTP_UNAUTHORIZED/, 401, () => statusOf(model, token)],
	];
	const before = program.lines.filter(isAudit).length;
	for (const [index, [what, , answer, act]] of cases.entries()) {
		expect([what, await act()]).toEqual([what, answer]);
		await program.linesLike(/^\{"level":[456]0,/, before + index + 1);
	}
	expect(await statusOf(model, admin)).toBe(404); // no model yet

	// A token that is revoked works no longer, on the connection that it has opened.
	const client = federation.join(
		"3/4",
		`wss://localhost:${port}`,
		"--ca certificates/ca.pem --cert certificates/client-2.pem --key certificates/client-2-key.pem".split(
			" ",
		),
		{ FL_CLIENT_TOKEN: connected },
	);
	await program.line(/"client":2,"msg":"client joined"/);
	await revokeTokens(tokensFile, { ids: [], holders: [2] });
	expect((await client.ended).code).toBe(2);
	expect(client.lines.join("\n")).toMatch(/error\[FL_SESSION_REFUSED\]: the token of client 2 was revoked/);
	await program.line(/"client":2,"msg":"client left"/);

	const expected = [...cases.map(([, line]) => line), /FL_HTTP_NOT_FOUND/, /token of client 2 was revoked/];
	const audit = program.lines.filter(isAudit).slice(before);
	expect(audit).toEqual(expected.map((line) => expect.stringMatching(line) as string));

	const keys = await Promise.all(
		["ca", "server", "client-0", "client-2"].map((name) => inFolder(`${name}-key.pem`)),
	);
	const secrets = [
		...[token, revoked, connected, admin].map((each) => each.split(".")[2] ?? ""),
		...proofs,
		...issued.map(({ entry }) => entry.storedKey),
		...keys.flatMap((pem) => pem.split("\n").filter((line) => line.length > 20 && !line.startsWith("-"))),
	];
	expect(secrets.filter((secret) => secret.length < 16)).toEqual([]);
	const said = [...program.lines, ...client.lines].join("\n");
	expect(secrets.filter((secret) => said.includes(secret))).toEqual([]);
});

test("an address that connects over and over is answered with 429 and one line, and the others are served", async () => {
	const federation = await SmallFederation.create();
	const { port, program } = await federation.serve(["--connections-per-minute", "5"]);
	const peers: RawPeer[] = [];
	for (let i = 0; i < 12; i++) peers.push(await RawPeer.open(port));
	expect(peers.map(({ head }) => head.slice(9, 12))).toEqual([
		...Array.from({ length: 5 }, () => "101"),
		...Array.from({ length: 7 }, () => "429"),
	]);
	expect(peers.at(-1)?.head).toMatch(/^retry-after: 12$/im);
	const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
	expect(metrics).toMatch(/^fl_turned_away_total\{status="429"\} 7$/m);
	const lines = program.lines.filter((line) => line.includes("connection turned away"));
	expect(lines).toEqual([expect.stringMatching(/"status":"429","reason":"too many new connections/)]);
});

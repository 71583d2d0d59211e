import { expect, test } from "vitest";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, flServer, issueTokens, SmallFederation } from "./small-federation.fixture.ts";

test("with mutual TLS and tokens the run is the simulator's, and the overhead is what passes the network", async () => {
	const federation = await SmallFederation.create("clients.number=2", "clients.perRound=2");
	const { folder } = federation;
	await flServer(["certificates", "--host", "localhost", "--client", "0-1", "--out", "certificates"], folder);
	const tokens = await issueTokens(folder, "0-1");
	expect(tokens).toHaveLength(2);
	const tls = ["--cert", "certificates/server.pem", "--key", "certificates/server-key.pem"];
	const server = await federation.serve([...tls, "--client-ca", "certificates/ca.pem"]);
	const network = await Network.to(server.port);
	const passed = { up: 0, down: 0 };
	network.onBytes = (_link, direction, bytes) => {
		passed[direction] += bytes.length;
		return "pass";
	};
	const clients = tokens.map((token, i) =>
		federation.join(
			`${i + 1}/2`,
			`wss://localhost:${network.port}`,
			`--ca certificates/ca.pem --cert certificates/client-${i}.pem --key certificates/client-${i}-key.pem`.split(
				" ",
			),
			{ FL_CLIENT_TOKEN: token },
		),
	);
	await expectSimulated(federation, server);
	for (const client of clients) await client.success();
	const { program } = server;
	expect(program.lines.filter((line) => tokens.some((token) => line.includes(token)))).toEqual([]);
	const [, down, up] = await program.line(/"socketBytes":\{"down":(\d+),"up":(\d+)\}/);
	expect(Number(down)).toBe(passed.down);
	// The server may have closed before it reads how the clients end TLS: 24 bytes each.
	expect([0, 24, 48]).toContain(passed.up - Number(up));
});

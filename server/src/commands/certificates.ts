import { isIP } from "node:net";
import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";
import type { Argv } from "yargs";
import { writeCertificates } from "../certificates/write-certificates.ts";
import { clientNumbersOf, clientOption } from "../client-numbers.ts";

/** `fl-server certificates`: an authority, a server certificate and client certificates for one federation. */
export const command: CliCommand = {
	usage: "certificates",
	describe: "Make TLS certificates for the server and for clients",
	configure(parser: Argv): Argv {
		return parser
			.option("host", {
				type: "string",
				array: true,
				describe: "Name or address by which clients reach the server, any number of times",
			})
			.option("client", clientOption)
			.option("out", { type: "string", demandOption: true, describe: "Folder for the files" })
			.option("days", { type: "number", default: 365, describe: "Days for which they are valid" })
			.example("$0 certificates --host fl.example.org --out certificates", "For a server and its clients")
			.example(
				"$0 certificates --client 0-9 --out certificates",
				"Later: for clients, by the same authority",
			);
	},
	async run(args: Arguments): Promise<number> {
		const hosts = (Array.isArray(args["host"]) ? args["host"].map(String) : []).map(checkedHost);
		const clients = clientNumbersOf(args);
		if (hosts.length + clients.length === 0) {
			throw new FlSimError("FL_USAGE", "fl-server certificates: no certificate is asked for", {
				fix: "Name the server with `--host NAME`, or clients with `--client NUMBER`.",
			});
		}
		const order = { out: String(args["out"]), hosts, clients, days: daysOf(args["days"]) };
		for (const file of await writeCertificates(order)) process.stdout.write(`${file}\n`);
		return 0;
	},
};

function checkedHost(host: string): string {
	const isName = /^(?:\*\.)?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i.test(
		host,
	);
	if (isIP(host) !== 0 || (isName && host.length <= 253)) return host;
	throw new FlSimError("FL_USAGE", `--host: found ${host}, expected a host name or an IP address`, {
		fix: "Leave out scheme, port and brackets: `--host fl.example.org`, `--host 192.0.2.7`.",
	});
}

function daysOf(days: unknown): number {
	if (typeof days === "number" && Number.isInteger(days) && days >= 1 && days <= 36_500) return days;
	throw new FlSimError("FL_USAGE", `--days: found ${String(days)}, expected an integer from 1 to 36500`);
}

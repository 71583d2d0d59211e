import type { Arguments, CliCommand } from "@fl-sim/command-line";
import { FlSimError } from "@fl-sim/core";
import type { TokenHolder } from "@fl-sim/protocol";
import type { Argv } from "yargs";
import { clientNumbersOf, clientOption } from "../client-numbers.ts";
import { holderText, issueTokens, revokeTokens } from "../tokens/change-tokens.ts";
import { readTokenFile, standardTokensFile, type TokenEntry } from "../tokens/token-file.ts";

/** `fl-server tokens issue|list|revoke`: who may take part in a run, and who may control it. */
export const command: CliCommand = {
	usage: "tokens <action> [id..]",
	describe: "Issue, list and revoke the tokens of clients and admins",
	configure(parser: Argv): Argv {
		return parser
			.positional("action", { choices: ["issue", "list", "revoke"] as const, describe: "What to do" })
			.positional("id", { type: "string", array: true, describe: "Ids of tokens to revoke, from the list" })
			.option("client", clientOption)
			.option("admin", { type: "boolean", default: false, describe: "A token that controls the run" })
			.option("label", { type: "string", describe: "A note for the list, such as `hospital`" })
			.option("tokens", { type: "string", default: standardTokensFile, describe: "File of the tokens" })
			.option("json", { type: "boolean", default: false, describe: "Print JSON" })
			.example("$0 tokens issue --client 3 --label hospital", "A token for client 3, printed once")
			.example("$0 tokens issue --admin", "A token to pause and stop the run over HTTP")
			.example("$0 tokens revoke --client 3", "Refuse all tokens of client 3 from now on");
	},
	async run(args: Arguments): Promise<number> {
		const file = String(args["tokens"]);
		if (args["action"] === "issue") await issue(file, args);
		else if (args["action"] === "revoke") await revoke(file, args);
		else await list(file, args);
		return 0;
	},
};

async function issue(file: string, args: Arguments): Promise<void> {
	const holders = holdersOf(args);
	const [id] = idsOf(args);
	if (id !== undefined || holders.length === 0) {
		const problem = id === undefined ? "nobody is named to issue a token for" : `found the id ${id}`;
		throw new FlSimError("FL_USAGE", `fl-server tokens issue: ${problem}`, {
			fix: "Name clients with `--client NUMBER`, or give `--admin`.",
		});
	}
	const label = typeof args["label"] === "string" ? args["label"] : undefined;
	const issued = await issueTokens(file, holders, label);
	if (args["json"] === true) {
		writeJson(issued.map(({ token, entry }) => ({ token, ...shown(entry) })));
		return;
	}
	// Only tokens go to standard output, so that it can be sent to where a token belongs.
	process.stdout.write(issued.map(({ token }) => `${token}\n`).join(""));
	process.stderr.write(
		`Issued ${issued.map(({ entry }) => `${entry.id} for ${holderText(entry.holder)}`).join(", ")}. ` +
			`Keep it safe: ${file} holds what checks it, not the token, so it cannot be shown again.\n`,
	);
}

async function revoke(file: string, args: Arguments): Promise<void> {
	const which = { ids: idsOf(args), holders: holdersOf(args) };
	if (which.ids.length + which.holders.length === 0) {
		throw new FlSimError("FL_USAGE", "fl-server tokens revoke: no token is named", {
			fix: "Give ids from `fl-server tokens list`, `--client NUMBER` or `--admin`.",
		});
	}
	const revoked = await revokeTokens(file, which);
	if (args["json"] === true) writeJson(revoked.map(shown));
	else
		for (const entry of revoked)
			process.stdout.write(`Revoked ${entry.id} of ${holderText(entry.holder)}.\n`);
}

async function list(file: string, args: Arguments): Promise<void> {
	const { entries } = await readTokenFile(file);
	if (args["json"] === true) {
		writeJson(entries.map(shown));
		return;
	}
	const rows = [
		["ID", "HOLDER", "ISSUED", "REVOKED", "LABEL"],
		...entries.map(({ id, holder, createdAt, revokedAt, label }) => [
			id,
			holderText(holder),
			createdAt.slice(0, 10),
			revokedAt?.slice(0, 10) ?? "–",
			label ?? "",
		]),
	];
	const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
	for (const row of rows) {
		const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
		process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
	}
}

/** An entry without what its file alone must hold. */
function shown({ id, holder, label, createdAt, revokedAt }: TokenEntry): object {
	return { id, holder, label, createdAt, revokedAt };
}

function writeJson(value: unknown): void {
	process.stdout.write(`${JSON.stringify(value, null, "\t")}\n`);
}

function idsOf(args: Arguments): readonly string[] {
	return Array.isArray(args["id"]) ? args["id"].map(String) : [];
}

function holdersOf(args: Arguments): readonly TokenHolder[] {
	const clients = clientNumbersOf(args);
	return args["admin"] === true ? [...clients, "admin"] : clients;
}

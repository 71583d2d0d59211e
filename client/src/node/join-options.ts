import { readFile } from "node:fs/promises";
import type { Arguments } from "@fl-sim/command-line";
import { allBackends, type BackendName } from "@fl-sim/compute";
import { FlSimError, messageOf } from "@fl-sim/core";
import { parseToken } from "@fl-sim/protocol";
import { byteSizePattern, parseByteSize } from "@fl-sim/scenario";
import type { DataChoice } from "./client-data.ts";

/** Who takes part, with what. */
export interface Participants {
	/** Numbers of the clients of this process. */
	readonly clients: readonly number[];
	readonly data: DataChoice;
	/** Tokens by client. */
	readonly tokens: ReadonlyMap<number, string>;
}

/** More clients in one process would be a slip of the keyboard. */
const mostClients = 1000;

/** @throws FL_USAGE, FL_TOKEN */
export async function participantsOf(args: Arguments, environment: NodeJS.ProcessEnv): Promise<Participants> {
	const tokens = await readTokens(textOf(args, "token-file"), environment["FL_CLIENT_TOKEN"]);
	const partition = textOf(args, "partition");
	const folder = textOf(args, "data");
	if (partition !== undefined) {
		if (args["client"] !== undefined) {
			throw usage("--client", "is given beside --partition, which says the client's number already");
		}
		const { clients, numClients } = parsePartition(partition);
		return { clients, data: { kind: "partition", numClients, folder }, tokens };
	}
	if (folder === undefined) {
		throw usage("--partition, --data", "neither is given", {
			fix: "Give --partition i/n for a part of the scenario's data set, or --data DIR for data of this client's own.",
		});
	}
	const client = integerOf(args, "client", { least: 0, most: 1e15 }) ?? onlyHolder(tokens);
	return { clients: [client], data: { kind: "own", client, folder }, tokens };
}

/** `3/100`, or `1-20/100` for several; counted from 1, so that the last is n/n. */
export function parsePartition(text: string): {
	readonly clients: readonly number[];
	readonly numClients: number;
} {
	const [, first = "", last = first, whole = ""] = /^(\d{1,9})(?:-(\d{1,9}))?\/(\d{1,9})$/.exec(text) ?? [];
	const [from, to, numClients] = [Number(first), Number(last), Number(whole)];
	if (first === "" || from < 1 || to < from || to > numClients) {
		throw usage("--partition", `found ${JSON.stringify(text)}, expected i/n with i from 1 to n, or i-j/n`);
	}
	if (to - from >= mostClients) {
		throw usage(
			"--partition",
			`found ${to - from + 1} clients, expected ${mostClients} at most in one process`,
		);
	}
	return { clients: Array.from({ length: to - from + 1 }, (_, place) => from - 1 + place), numClients };
}

async function readTokens(
	file: string | undefined,
	variable: string | undefined,
): Promise<ReadonlyMap<number, string>> {
	const source = file === undefined ? "FL_CLIENT_TOKEN" : file;
	const text = file === undefined ? (variable ?? "") : await readTokenFile(file);
	const words = text.split(/\s+/).filter((word) => word !== "");
	return new Map(
		words.map((word) => {
			const parsed = parseToken(word);
			if (parsed !== undefined && parsed.holder !== "admin") return [parsed.holder, word];
			const problem = parsed === undefined ? "no token" : "a token of an admin, expected one of a client";
			throw new FlSimError("FL_TOKEN", `${source}: a word in it is ${problem}`, {
				fix: "Put in it what `fl-server tokens issue --client NUMBER` prints.",
			});
		}),
	);
}

async function readTokenFile(file: string): Promise<string> {
	try {
		return await readFile(file, "utf8");
	} catch (cause) {
		throw new FlSimError("FL_TOKEN", `--token-file: ${messageOf(cause)}`, {
			fix: "Write the token that `fl-server tokens issue` prints into that file.",
			cause,
		});
	}
}

function onlyHolder(tokens: ReadonlyMap<number, string>): number {
	const [holder, ...others] = tokens.keys();
	if (holder !== undefined && others.length === 0) return holder;
	throw usage(
		"--client",
		holder === undefined
			? "is missing, and no token tells the number"
			: "is missing, and there are several tokens",
		{
			fix: "Give the client's number with --client, from 0 on.",
		},
	);
}

/** @throws FL_USAGE */
export function backendOf(args: Arguments): BackendName | undefined {
	const name = textOf(args, "backend");
	if (name === undefined) return undefined;
	const found = allBackends.find((backend) => backend === name);
	if (found !== undefined) return found;
	throw usage("--backend", `found ${name}, expected one of ${allBackends.join(", ")}`);
}

/** Bytes. @throws FL_USAGE */
export function memoryLimitOf(args: Arguments): number | undefined {
	const text = textOf(args, "memory-limit");
	if (text === undefined) return undefined;
	if (byteSizePattern.test(text)) return parseByteSize(text);
	throw usage("--memory-limit", `found ${JSON.stringify(text)}, expected a size such as 2GB`);
}

/** @throws FL_USAGE */
export function integerOf(
	args: Arguments,
	name: string,
	{ least, most }: { readonly least: number; readonly most: number },
): number | undefined {
	const value = args[name];
	if (value === undefined) return undefined;
	if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
	throw usage(`--${name}`, `found ${JSON.stringify(value)}, expected an integer from ${least} to ${most}`);
}

export function textOf(args: Arguments, name: string): string | undefined {
	const value = args[name];
	return typeof value === "string" ? value : undefined;
}

function usage(option: string, problem: string, options: { readonly fix?: string } = {}): FlSimError {
	return new FlSimError("FL_USAGE", `${option}: ${problem}`, options);
}

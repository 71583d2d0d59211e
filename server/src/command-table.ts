import type { CommandEntry } from "@fl-sim/command-line";

/** Every subcommand; a new one is a line here and a module in commands/. */
export const commandTable: readonly CommandEntry[] = [
	{
		name: "serve",
		describe: "Run a scenario with clients that connect",
		load: async () => (await import("./commands/serve.ts")).command,
	},
	{
		name: "resume",
		describe: "Go on with an interrupted run",
		load: async () => (await import("./commands/resume.ts")).command,
	},
	{
		name: "certificates",
		describe: "Make TLS certificates for the server and for clients",
		load: async () => (await import("./commands/certificates.ts")).command,
	},
	{
		name: "tokens",
		describe: "Issue, list and revoke the tokens of clients and admins",
		load: async () => (await import("./commands/tokens.ts")).command,
	},
];

import type { CommandEntry } from "./command-table.ts";

/** What `fl-sim --help` prints. */
export function topLevelHelp(commands: readonly Pick<CommandEntry, "name" | "describe">[]): string {
	const width = Math.max(...commands.map(({ name }) => name.length));
	const lines = commands.map(({ name, describe }) => `  ${name.padEnd(width)}  ${describe}`);
	return `fl-sim: federated-learning simulator

Usage: fl-sim SCENARIO [options]     runs a scenario file
       fl-sim COMMAND [options]

Commands:
${lines.join("\n")}

Options:
  --help     Show this, or the help of a command
  --version  Show the version

Examples:
  fl-sim scenarios/noniid.yaml
  fl-sim scenarios/noniid.yaml --set partition.alpha=0.1 --set rounds=10
  fl-sim explain scenarios/noniid.yaml
  fl-sim run --help
`;
}

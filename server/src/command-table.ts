import type { CommandEntry } from "@fl-sim/command-line";

/** Every subcommand; a new one is a line here and a module in commands/. */
export const commandTable: readonly CommandEntry[] = [];

import type { CommandEntry } from "@fl-sim/command-line";

/** Every subcommand; a new one is a line here and a module in commands/. */
export const commandTable: readonly CommandEntry[] = [
	{
		name: "run",
		describe: "Run a scenario",
		load: async () => (await import("./commands/run.ts")).command,
	},
	{
		name: "resume",
		describe: "Go on with an interrupted run",
		load: async () => (await import("./commands/resume.ts")).command,
	},
	{
		name: "replay",
		describe: "Play a finished run again on this machine and compare the weights",
		load: async () => (await import("./commands/replay.ts")).command,
	},
	{
		name: "validate",
		describe: "Check scenarios without running them",
		load: async () => (await import("./commands/validate.ts")).command,
	},
	{
		name: "explain",
		describe: "Tell what a scenario will do: data, model, steps, bytes, memory",
		load: async () => (await import("./commands/explain.ts")).command,
	},
	{
		name: "partition",
		describe: "Show how a scenario divides its data among the clients",
		load: async () => (await import("./commands/partition.ts")).command,
	},
	{
		name: "runs",
		describe: "List the runs, oldest first",
		load: async () => (await import("./commands/runs.ts")).command,
	},
	{
		name: "report",
		describe: "Write the HTML report of a run again, and its figures",
		load: async () => (await import("./commands/report.ts")).command,
	},
	{
		name: "compare",
		describe: "Compare finished runs after equal rounds, bytes and time",
		load: async () => (await import("./commands/compare.ts")).command,
	},
	{
		name: "export",
		describe: "Write the metrics of a run for TensorBoard, or as CSV or Parquet",
		load: async () => (await import("./commands/export.ts")).command,
	},
	{
		name: "data",
		describe: "List the named data sets, or download one",
		load: async () => (await import("./commands/data.ts")).command,
	},
	{
		name: "algorithms",
		describe: "List the federated methods, or the options of one",
		load: async () => (await import("./commands/algorithms.ts")).command,
	},
	{
		name: "doctor",
		describe: "Tell which backends work here, why others do not, and how fast they are",
		load: async () => (await import("./commands/doctor.ts")).command,
	},
	{
		name: "schema",
		describe: "Print the JSON Schema of scenario files",
		load: async () => (await import("./commands/schema.ts")).command,
	},
];

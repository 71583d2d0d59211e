import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type MeasuredProcess, type ProgramSettings, startMeasured } from "./measured-process.ts";

const program = fileURLToPath(new URL("../../../server/src/main.ts", import.meta.url));

export interface ServedRunSettings extends Omit<ProgramSettings, "command"> {
	/** Scenario file. */
	readonly file: string;
	/** Changes to the scenario: `rounds=10`. */
	readonly set: readonly string[];
}

/** A line of a run's events. */
type RecordedEvent = Readonly<Record<string, unknown>> & { readonly type: string };

/** A process of fl-server that is measured. */
export interface ServedRun extends Pick<MeasuredProcess, "state" | "resident"> {
	/** Where clients connect to. */
	readonly address: string;
	readonly pid: number;
	/** Resolves when the run has ended by itself, to its events. */
	finished(): Promise<readonly RecordedEvent[]>;
	/** Ends the run after the round under way. */
	stop(): Promise<readonly RecordedEvent[]>;
	/** Ends the process, if it still runs, and removes the run folder. */
	close(): Promise<void>;
}

/** Starts fl-server on a free port of this machine. */
export async function serveRun({ file, set, ...settings }: ServedRunSettings): Promise<ServedRun> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-bench-"));
	const logFile = join(folder, "log.jsonl");
	const changes = [`output.folder=${folder}`, "output.report=false", ...set];
	const server = startMeasured({
		...settings,
		command: [
			program,
			file,
			"--port=0",
			"--workers=0",
			"--json",
			`--log=${logFile}`,
			...changes.flatMap((change) => ["--set", change]),
		],
	});

	async function finished(): Promise<readonly RecordedEvent[]> {
		const { run } = JSON.parse(await server.output()) as { readonly run: string };
		const lines = (await readFile(join(run, "events.jsonl"), "utf8")).trimEnd().split("\n");
		return lines.map((line) => JSON.parse(line) as RecordedEvent);
	}

	async function close(): Promise<void> {
		await server.kill();
		await rm(folder, { recursive: true, force: true });
	}

	return {
		state: (question) => server.state(question),
		resident: () => server.resident(),
		address: await addressIn(logFile, server),
		pid: server.child.pid as number,
		finished,
		async stop() {
			server.child.kill("SIGINT");
			return await finished();
		},
		close,
	};
}

async function addressIn(logFile: string, server: MeasuredProcess): Promise<string> {
	while (server.child.exitCode === null) {
		await sleep(50);
		const log = await readFile(logFile, "utf8").catch(() => "");
		const [, address] = /"address":"http([^"]+)"[^\n]*"msg":"listening"/.exec(log) ?? [];
		if (address !== undefined) return `ws${address}`;
	}
	await server.output();
	throw new Error("fl-server ended before it listened");
}

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FuzzWorld, Script } from "@fl-sim/testkit/fuzz";
import { FuzzedClient } from "../../../client/src/session/fuzzed-client.fixture.ts";
import { FuzzedServer } from "../../../server/src/sessions/fuzzed-server.fixture.ts";

/** Who is attacked. */
export const sides = ["server", "client"] as const;
export type Side = (typeof sides)[number];

export function openWorld(side: Side, number: number): FuzzWorld {
	return side === "server" ? new FuzzedServer(number) : new FuzzedClient(number);
}

/** What broke a rule, to be repeated. */
export interface Finding {
	readonly side: Side;
	readonly seed: string;
	readonly world: number;
	readonly problem: string;
	readonly scripts: readonly Script[];
}

/** Writes a finding to a file of the folder; returns its path. Frames are written in hexadecimal digits. */
export function writeFinding(folder: string, finding: Finding): string {
	const file = join(folder, `fuzz-${finding.side}-${finding.seed}-${finding.world}.json`);
	const scripts = finding.scripts.map((script) =>
		script.map((step) => (step === "honest" ? step : Buffer.from(step).toString("hex"))),
	);
	writeFileSync(file, `${JSON.stringify({ ...finding, scripts }, undefined, "\t")}\n`);
	return file;
}

export function readFinding(file: string): Finding {
	const finding = JSON.parse(readFileSync(file, "utf8")) as Omit<Finding, "scripts"> & {
		readonly scripts: readonly (readonly string[])[];
	};
	const scripts = finding.scripts.map((script) =>
		script.map((step) => (step === "honest" ? step : new Uint8Array(Buffer.from(step, "hex")))),
	);
	return { ...finding, scripts };
}

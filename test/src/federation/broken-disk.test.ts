import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Fault } from "./fault-point.preload.ts";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, listening, SmallFederation } from "./small-federation.fixture.ts";

const partial = "round-000002.safetensors.partial";

/** What goes wrong while the checkpoint of round 2 is written, and what the user is told. */
const all: readonly (readonly [string, Fault, RegExp])[] = [
	[
		"the file system is read-only",
		{ point: { call: "open", file: partial }, effect: "EROFS" },
		/round-000002\.safetensors: could not be written: the file system is read-only/,
	],
	[
		"a write fails",
		{ point: { call: "write", file: partial }, effect: "EIO" },
		/round-000002\.safetensors: could not be written: the device reports an error/,
	],
	[
		"the disk does not take what was written",
		{ point: { call: "sync", file: partial }, effect: "EIO" },
		/round-000002\.safetensors: could not be written: the device reports an error/,
	],
	[
		"the file cannot get its name",
		{ point: { call: "rename", file: "round-000002.safetensors" }, effect: "EIO" },
		/round-000002\.safetensors: could not be written: the device reports an error/,
	],
	[
		"the disk is full",
		{ point: { call: "write", file: partial }, effect: "ENOSPC" },
		/round-000002\.safetensors: could not be written: .*(no space|full)/,
	],
	[
		"the events before it cannot be put on disk",
		{ point: { call: "sync", file: "events.jsonl", count: 2 }, effect: "EIO" },
		/events\.jsonl: could not be written: the device reports an error/,
	],
];

const cases = process.env["FL_DISK_FAULTS"] === "all" ? all : all.slice(0, 2);

test.each(cases)(
	"when %s during a checkpoint, the one before stays, the user is told, and the run goes on to the simulator's end",
	async (_, fault, message) => {
		const federation = await SmallFederation.create("algorithm={ name: scaffold }");
		const network = await Network.to(undefined);
		const clients = federation.join("1-4/4", network.port);
		const program = federation.serveWith(fault);
		network.target = (await listening(program)).port;
		expect(await program.ended).toEqual({ code: 1, signal: null });
		await program.line(/^fault point: /);
		await program.line(new RegExp(`error\\[FL_RUN_WRITE\\]: .*${message.source}`));
		await program.line(/fl-server resume/);
		const checkpoints = join(federation.run, "checkpoints");
		expect(readdirSync(checkpoints)).toEqual(["round-000001.safetensors"]);
		expect(existsSync(join(federation.run, "weights.safetensors"))).toBe(false);

		network.target = undefined;
		network.cut();
		const again = await federation.resume();
		network.target = again.port;
		await expectSimulated(federation, again);
		await clients.success();
	},
);

import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Network } from "./proxy.fixture.ts";
import { expectSimulated, SmallFederation } from "./small-federation.fixture.ts";

const call = (program: string, ...words: readonly string[]) =>
	execFileSync(program, words, { stdio: "ignore" });

/** Only root can mount a file system, and only on Linux. */
function canMount(): boolean {
	try {
		call("unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt");
		return process.platform === "linux";
	} catch {
		return false;
	}
}

test.skipIf(!canMount())(
	"a server whose disk is full says so and goes on once there is room; its clients come back (needs the right to mount)",
	async () => {
		const federation = await SmallFederation.create("algorithm={ name: scaffold }", "rounds=6");
		const runs = join(federation.folder, "runs");
		mkdirSync(runs);
		call("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", runs);
		onTestFinished(() => {
			call("umount", "-l", runs);
		});
		const server = await federation.serve();
		const network = await Network.to(server.port);
		const clients = federation.join("1-4/4", network.port);
		await clients.line(/task train of round 3 begins/);
		const filler = join(runs, "filler");
		const { bavail, bsize } = statfsSync(runs);
		writeFileSync(filler, new Uint8Array(bavail * bsize));

		const { code } = await server.program.ended;
		expect(code).toBe(1);
		await server.program.line(/error\[FL_RUN_WRITE\]: .*(ENOSPC|no space|disk is full)/i);
		await server.program.line(/fl-server resume/);
		await clients.linesLike(/trying again/, 4);

		rmSync(filler);
		const again = await federation.resume();
		network.target = again.port;
		await expectSimulated(federation, again);
		await clients.success();
	},
);

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@fl-sim/wire";
import { expect, test } from "vitest";
import { checkpointName, checkpointRounds } from "./checkpoint-files.ts";
import { readLatestCheckpoint, writeCheckpoint } from "./checkpoints.ts";
import { stateAfter, temporaryFolder } from "./small-run.fixture.ts";

test("a checkpoint comes back bit for bit", async () => {
	const folder = temporaryFolder();
	expect(await readLatestCheckpoint(folder)).toBeUndefined();
	const file = await writeCheckpoint(folder, { round: 12, state: stateAfter(12) });
	expect(file).toBe("checkpoints/round-000012.safetensors");
	expect(await readLatestCheckpoint(folder)).toStrictEqual({
		round: 12,
		state: stateAfter(12),
		file,
		warnings: [],
	});
});

test("equal states give equal bytes, and tensors can be read by name", async () => {
	const [first, second] = [temporaryFolder(), temporaryFolder()];
	const file = await writeCheckpoint(first, { round: 1, state: stateAfter(1) });
	await writeCheckpoint(second, { round: 1, state: stateAfter(1) });
	const bytes = readFileSync(join(first, file));
	expect(readFileSync(join(second, file))).toEqual(bytes);
	const { tensors, metadata } = readSafetensors(bytes);
	expect(tensors.get("state/server/params")?.data).toEqual(Float32Array.of(1, Number.NaN));
	expect(metadata["round"]).toBe("1");
});

test("states in shared memory and of more than one batch are written whole", async () => {
	const folder = temporaryFolder();
	const shared = new Float32Array(new SharedArrayBuffer(4 * 600_000)).fill(0.5);
	const many = Array.from({ length: 3000 }, (_, i) => new Uint32Array(200).fill(i));
	await writeCheckpoint(folder, { round: 1, state: { shared, many } });
	const { state } = (await readLatestCheckpoint(folder)) ?? {};
	expect(state).toEqual({ shared: new Float32Array(600_000).fill(0.5), many });
});

test("only the newest checkpoints are kept", async () => {
	const folder = temporaryFolder();
	for (const round of [1, 2, 3, 4]) await writeCheckpoint(folder, { round, state: null });
	expect(checkpointRounds(folder)).toEqual([3, 4]);
	await writeCheckpoint(folder, { round: 5, state: null }, { keep: 3 });
	expect(checkpointRounds(folder)).toEqual([3, 4, 5]);
	await writeCheckpoint(folder, { round: 1_000_000, state: null }, { keep: 1 });
	expect(checkpointRounds(folder)).toEqual([1_000_000]);
});

test("every changed bit and every cut is noticed, and the checkpoint before is taken", async () => {
	const folder = temporaryFolder();
	await writeCheckpoint(folder, { round: 1, state: stateAfter(1) });
	const file = join(folder, await writeCheckpoint(folder, { round: 2, state: stateAfter(2) }));
	const bytes = readFileSync(file);
	const headerEnd = bytes.lastIndexOf("}") + 1;
	const damage: Buffer[] = [];
	for (let at = 0; at < bytes.length; at += 1) {
		// Spaces that pad the header mean nothing, whatever kind of space they are.
		if (at >= headerEnd && at < bytes.length - 8) continue;
		const changed = Buffer.from(bytes);
		changed[at] = (changed[at] as number) ^ (1 << (at % 8));
		damage.push(changed);
	}
	for (let length = 0; length < bytes.length; length += 7) damage.push(bytes.subarray(0, length));
	for (const content of damage) {
		writeFileSync(file, content);
		const read = await readLatestCheckpoint(folder);
		expect(read).toMatchObject({ round: 1, state: stateAfter(1) });
		expect(read?.warnings).toHaveLength(1);
	}
});

test("when all checkpoints are damaged, each is named with what is wrong", async () => {
	const folder = temporaryFolder();
	const first = join(folder, await writeCheckpoint(folder, { round: 1, state: stateAfter(1) }));
	const second = join(folder, await writeCheckpoint(folder, { round: 2, state: stateAfter(2) }));
	writeFileSync(first, readFileSync(second));
	writeFileSync(second, "");
	await expect(readLatestCheckpoint(folder)).rejects.toMatchObject({
		code: "FL_RUN_CHECKPOINT_CORRUPT",
		message: `${folder}: no checkpoint is intact: ${checkpointName(2)} is damaged: safetensors: the file has 0 bytes, expected 8 or more; ${checkpointName(1)} is damaged: it is of round 2`,
		fix: "Restore one of these files from a copy, or run the scenario again from the start.",
	});
	writeFileSync(second, writeSafetensors([], { state: "null", round: "2" }));
	await expect(readLatestCheckpoint(folder)).rejects.toThrow(/expected one in its metadata/);
});

test("a file where the folder of checkpoints belongs is an error, not a run without checkpoints", async () => {
	const folder = temporaryFolder();
	writeFileSync(join(folder, "checkpoints"), "");
	await expect(readLatestCheckpoint(folder)).rejects.toMatchObject({ code: "FL_RUN_FOLDER" });
	await expect(writeCheckpoint(folder, { round: 1, state: null })).rejects.toMatchObject({
		code: "FL_RUN_WRITE",
	});
});

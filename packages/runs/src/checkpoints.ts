import { createHash } from "node:crypto";
import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { FlSimError, messageOf, type StateValue } from "@fl-sim/core";
import {
	bytesOfTensor,
	packState,
	readSafetensors,
	safetensorsPieces,
	type Tensor,
	unpackState,
} from "@fl-sim/wire";
import { checkpointName, checkpointRounds } from "./checkpoint-files.ts";
import { removeFile, writeFileDurably } from "./durable-file.ts";
import { runFile } from "./run-files.ts";
import { writeFailure } from "./write-failure.ts";

export interface Checkpoint {
	readonly round: number;
	readonly state: StateValue;
}

export interface ReadCheckpoint extends Checkpoint {
	/** Path inside the run folder. */
	readonly file: string;
	/** One sentence for each newer checkpoint that is damaged and was passed over. */
	readonly warnings: readonly string[];
}

/**
 * Writes `checkpoints/round-000012.safetensors` in one step, then removes all but the newest `keep`. A crash or a
 * full disk at any moment leaves the checkpoints before it intact. The file's metadata hold the round and a
 * SHA-256 of its content.
 *
 * @returns the path of the file inside the run folder.
 * @throws FL_RUN_WRITE
 */
export async function writeCheckpoint(
	folder: string,
	checkpoint: Checkpoint,
	options: { readonly keep?: number } = {},
): Promise<string> {
	const { keep = 2 } = options;
	const { round } = checkpoint;
	const name = checkpointName(round);
	const packed = packState(checkpoint.state);
	const metadata = { ...packed.metadata, round: String(round) };
	const sha256 = contentHash(packed.tensors, metadata);
	const pieces = safetensorsPieces(packed.tensors, { ...metadata, sha256 });
	const byteLength = pieces.reduce((sum, piece) => sum + piece.length, 0);
	await mkdir(runFile(folder, "checkpoints"), { recursive: true }).catch((cause: unknown) => {
		throw writeFailure(runFile(folder, "checkpoints"), cause, { folder });
	});
	await writeFileDurably(join(folder, name), pieces, { folder, byteLength });
	const older = checkpointRounds(folder).filter((other) => other < round);
	for (const old of older.slice(0, Math.max(0, older.length + 1 - keep))) {
		await removeFile(folder, join(folder, checkpointName(old)));
	}
	return name;
}

/**
 * The newest checkpoint whose content is what was written; undefined when the run has none yet.
 *
 * @throws FL_RUN_CHECKPOINT_CORRUPT when there are checkpoints and all are damaged.
 */
export async function readLatestCheckpoint(folder: string): Promise<ReadCheckpoint | undefined> {
	const rounds = checkpointRounds(folder);
	const problems: string[] = [];
	for (const round of rounds.toReversed()) {
		const file = checkpointName(round);
		try {
			const state = await readCheckpoint(join(folder, file), round);
			const warnings = problems.map((problem) => `${problem}; going on from round ${round} instead`);
			return { round, state, file, warnings };
		} catch (error) {
			problems.push(`${file} is damaged: ${messageOf(error)}`);
		}
	}
	if (problems.length === 0) return undefined;
	throw new FlSimError(
		"FL_RUN_CHECKPOINT_CORRUPT",
		`${folder}: no checkpoint is intact: ${problems.join("; ")}`,
		{
			fix: "Restore one of these files from a copy, or run the scenario again from the start.",
			details: { folder, checkpoints: problems.length },
		},
	);
}

async function readCheckpoint(file: string, round: number): Promise<StateValue> {
	const content = readSafetensors(await readWhole(file));
	const { sha256, ...metadata } = content.metadata;
	const found = contentHash([...content.tensors.values()], metadata);
	if (found !== sha256) {
		throw new Error(`its content has the SHA-256 ${found}, expected ${sha256 ?? "one in its metadata"}`);
	}
	if (metadata["round"] !== String(round)) throw new Error(`it is of round ${metadata["round"]}`);
	return unpackState(content);
}

/** `readFile` stops at 2 GiB. */
async function readWhole(file: string): Promise<Uint8Array> {
	const handle = await open(file, "r");
	try {
		const bytes = new Uint8Array((await handle.stat()).size);
		let offset = 0;
		while (offset < bytes.length) {
			const { bytesRead } = await handle.read(bytes, offset, Math.min(bytes.length - offset, 1 << 30));
			if (bytesRead === 0) break;
			offset += bytesRead;
		}
		return bytes.subarray(0, offset);
	} finally {
		await handle.close();
	}
}

/** Covers everything that a checkpoint says, whatever the order of its tensors in the file. */
function contentHash(tensors: readonly Tensor[], metadata: Readonly<Record<string, string>>): string {
	const hash = createHash("sha256");
	const byName = tensors.toSorted((a, b) => (a.name < b.name ? -1 : 1));
	for (const tensor of byName) {
		hash.update(`${JSON.stringify([tensor.name, tensor.dtype, tensor.shape])}\n`);
		hash.update(bytesOfTensor(tensor));
	}
	hash.update(JSON.stringify(Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1))));
	return hash.digest("hex");
}

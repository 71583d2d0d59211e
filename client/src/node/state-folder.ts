import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { FlSimError, messageOf, type StateValue } from "@fl-sim/core";
import { reportOfMessage, reportToMessage } from "@fl-sim/protocol";
import { type FolderLock, lockFolder, lockName, writeFileDurably } from "@fl-sim/runs";
import { decodeState, encodeState } from "@fl-sim/wire";
import type { ClientStore, ClientStores, StoredResult, TaskOutcome } from "../session/index.ts";
import { parseStoreIndex, type StoredFile, type StoreIndex } from "./store-index.ts";

/** Only this user reads them: states come from the client's data. */
const fileMode = 0o600;
const indexName = "index.json";

/** Keeps states and results below a folder: `RUN/client-N/`. */
export function stateFolder(root: string): ClientStores {
	return {
		async open(run, client) {
			const folder = join(root, folderNameOf(run), `client-${client}`);
			await makeFolder(folder);
			const lock = await lockFolder(folder);
			try {
				return new FolderStore(folder, lock, await openIndex(folder, { run, client }));
			} catch (error) {
				await lock.release();
				throw error;
			}
		},
	};
}

/** The server chooses the name of a run: what stands in it must lead nowhere else, and no two runs to one folder. */
function folderNameOf(run: string): string {
	const readable = run.replaceAll(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60);
	return `${readable}-${createHash("sha256").update(run).digest("hex").slice(0, 10)}`;
}

async function makeFolder(folder: string): Promise<void> {
	try {
		await mkdir(folder, { recursive: true, mode: 0o700 });
	} catch (cause) {
		throw unusable(folder, cause);
	}
}

function unusable(folder: string, cause: unknown): FlSimError {
	return new FlSimError("FL_RUN_FOLDER", `${folder}: cannot be used for states: ${messageOf(cause)}`, {
		fix: "Name a folder that can be written with --state.",
		cause,
	});
}

async function openIndex(folder: string, owner: Pick<StoreIndex, "run" | "client">): Promise<StoreIndex> {
	const file = join(folder, indexName);
	try {
		const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
			if (error.code === "ENOENT") return undefined;
			throw error;
		});
		const empty: StoreIndex = { format: 1, ...owner, next: 1, states: [], result: null, resultBefore: null };
		const index = text === undefined ? empty : parseStoreIndex(text, file);
		await removeOthers(folder, index);
		return index;
	} catch (cause) {
		if (cause instanceof FlSimError) throw cause;
		throw unusable(folder, cause);
	}
}

/** A client that was killed leaves files behind that no index names. */
async function removeOthers(folder: string, index: StoreIndex): Promise<void> {
	const named = new Set([indexName, lockName, ...filesOf(index)]);
	for (const file of await readdir(folder)) {
		if (!named.has(file)) await rm(join(folder, file), { force: true, recursive: true });
	}
}

function filesOf({ states, result, resultBefore }: StoreIndex): string[] {
	const results = [result, resultBefore].filter((each) => each !== null);
	return [...states, ...results].map(({ file }) => file);
}

/**
 * One client's folder. Files are written under new names, the index last: whenever the process is killed, the index
 * on disk is a whole one, and so is every file that it names.
 */
class FolderStore implements ClientStore {
	readonly #folder: string;
	readonly #lock: FolderLock;
	#index: StoreIndex;

	constructor(folder: string, lock: FolderLock, index: StoreIndex) {
		this.#folder = folder;
		this.#lock = lock;
		this.#index = index;
	}

	async state(task: string): Promise<StateValue | undefined> {
		const stored = this.#index.states.find((state) => state.task === task);
		if (stored === undefined) return undefined;
		const bytes = await this.#read(stored);
		if (bytes !== undefined) return decodeState(bytes);
		const file = join(this.#folder, stored.file);
		throw new FlSimError("FL_CLIENT_STATE", `${file}: the state after task ${task} is missing or damaged`, {
			fix: "Restore the file.",
			details: { file },
		});
	}

	async result(task: string): Promise<StoredResult | undefined> {
		const result = [this.#index.result, this.#index.resultBefore].find((each) => each?.task === task);
		if (result === undefined || result === null) return undefined;
		const payload = await this.#read(result);
		if (payload === undefined) return undefined; // the task is done again
		const { input, report, wallSeconds, keepsState } = result;
		return {
			task,
			input,
			keepsState,
			reply: {
				status: "replied",
				payload,
				report: reportOfMessage(report),
				wallSeconds,
			},
		};
	}

	async save(outcome: TaskOutcome): Promise<void> {
		const { task, input, reply, state } = outcome;
		const number = this.#index.next;
		const keepsState = state !== null;
		const written: string[] = [];
		const write = async (name: string, bytes: Uint8Array): Promise<StoredFile> => {
			written.push(name);
			await this.#write(name, bytes);
			return { file: name, bytes: bytes.length, crc32: crc32(bytes) };
		};
		try {
			const states = [...statesKept(this.#index, outcome)];
			if (keepsState) {
				states.push({ task, ...(await write(`state-${number}.safetensors`, encodeState(state))) });
			}
			const result = {
				task,
				input: { bytes: input.bytes, crc32: input.crc32 },
				report: reportToMessage(reply.report),
				wallSeconds: reply.wallSeconds,
				keepsState,
				...(await write(`result-${number}.bin`, reply.payload)),
			};
			const { result: last, resultBefore: other } = this.#index;
			const resultBefore = last?.task === task ? other : last; // a task that is done once more replaces its answer
			written.length = 0; // from here on the index may name them
			await this.#replaceIndex({ ...this.#index, next: number + 1, states, result, resultBefore });
		} finally {
			await this.#remove(written);
		}
	}

	async close(): Promise<void> {
		await this.#lock.release();
	}

	async #replaceIndex(next: StoreIndex): Promise<void> {
		await this.#write(indexName, new TextEncoder().encode(`${JSON.stringify(next, null, "\t")}\n`));
		const kept = new Set(filesOf(next));
		const old = filesOf(this.#index).filter((file) => !kept.has(file));
		this.#index = next;
		await this.#remove(old);
	}

	/** The bytes of a file; undefined when it is not there or not what was written. */
	async #read({ file, bytes: length, crc32: expected }: StoredFile): Promise<Uint8Array | undefined> {
		const bytes = await readFile(join(this.#folder, file)).catch((error: NodeJS.ErrnoException) => {
			if (error.code === "ENOENT") return undefined;
			throw error;
		});
		return bytes?.length === length && crc32(bytes) === expected ? new Uint8Array(bytes) : undefined;
	}

	async #write(name: string, bytes: Uint8Array): Promise<void> {
		await writeFileDurably(join(this.#folder, name), [bytes], { mode: fileMode, byteLength: bytes.length });
	}

	/** What cannot be removed now is when the folder is opened again. */
	async #remove(names: readonly string[]): Promise<void> {
		for (const name of names) await rm(join(this.#folder, name), { force: true }).catch(() => undefined);
	}
}

/** States that may still be asked for, besides the new one. */
function statesKept({ states }: StoreIndex, { task, durable }: TaskOutcome): StoreIndex["states"] {
	const oldest = durable === null ? -1 : states.findIndex((state) => state.task === durable);
	return states.filter((state, position) => position >= oldest && state.task !== task);
}

import { open, rename, rm } from "node:fs/promises";
import { FlSimError, messageOf } from "@fl-sim/core";
import type { RemoteFile } from "./catalogue.ts";
import { md5OfFile, sizeOfFile } from "./checksum.ts";

export interface DownloadProgress {
	readonly file: string;
	/** Bytes, those of an earlier interrupted download included. */
	readonly received: number;
	readonly total: number;
}

export type ProgressListener = (progress: DownloadProgress) => void;

/** How often one address may break off before the next is tried. */
const mostAttempts = 5;

/**
 * Downloads one file to `target`, trying its addresses in turn. Bytes go to `target.part`, from where a later
 * download resumes; the file gets its name when size and checksum are right. Throws FL_DATA_DOWNLOAD with what
 * happened at each address, or FL_DATA_CHECKSUM when the last one gave other bytes than expected.
 */
export async function downloadFile(
	file: RemoteFile,
	target: string,
	onProgress: ProgressListener = () => {},
): Promise<void> {
	const part = `${target}.part`;
	const problems: string[] = [];
	let wrongBytes = false;
	for (const url of file.urls) {
		const outcome = await tryAddress({ file, url, part, onProgress });
		if (outcome === "done") {
			await rename(part, target);
			return;
		}
		wrongBytes = outcome.wrongBytes;
		problems.push(`${url}: ${outcome.problem}`);
	}
	throw new FlSimError(
		wrongBytes ? "FL_DATA_CHECKSUM" : "FL_DATA_DOWNLOAD",
		`${file.name} could not be downloaded (${problems.join("; ")})`,
		{ fix: `Download it by other means and put it at ${target}.`, details: { file: target } },
	);
}

interface Attempt {
	readonly file: RemoteFile;
	readonly url: string;
	readonly part: string;
	readonly onProgress: ProgressListener;
}

interface Failure {
	readonly problem: string;
	readonly wrongBytes: boolean;
}

async function tryAddress(attempt: Attempt): Promise<"done" | Failure> {
	const { file, part } = attempt;
	let failure: Failure = { problem: "not tried", wrongBytes: false };
	for (let count = 0; count < mostAttempts; count++) {
		const before = await sizeOfFile(part);
		try {
			if (before !== file.size) await fetchRest(attempt, before);
		} catch (thrown) {
			if (isLocal(thrown)) throw cannotWrite(part, thrown);
			failure = { problem: reasonOf(thrown), wrongBytes: false };
			if ((await sizeOfFile(part)) > before) continue; // it broke off on the way: go on from there
			return failure;
		}
		const problem = await findWrongBytes(file, part);
		if (problem === undefined) return "done";
		await rm(part, { force: true });
		failure = { problem, wrongBytes: true };
		if (before === 0) return failure; // the whole file came from this address
	}
	return failure;
}

/** Requests what is missing of the part and appends it; writes from the start where the server cannot resume. */
async function fetchRest({ file, url, part, onProgress }: Attempt, have: number): Promise<void> {
	const headers = { "accept-encoding": "identity", ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
	const response = await fetch(url, { headers });
	const resumes =
		response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${have}-`) === true;
	if (response.status === 416) await rm(part, { force: true });
	if ((response.status !== 200 && !resumes) || response.body === null) {
		await response.body?.cancel();
		throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
	}
	const handle = await open(part, resumes ? "a" : "w");
	try {
		let received = resumes ? have : 0;
		for await (const chunk of response.body) {
			received += chunk.length;
			if (received > file.size) {
				await handle.truncate(0);
				throw new Error(`the server sends more than ${file.size} bytes`);
			}
			await handle.writeFile(chunk);
			onProgress({ file: file.name, received, total: file.size });
		}
	} finally {
		await handle.close();
	}
}

async function findWrongBytes(file: RemoteFile, part: string): Promise<string | undefined> {
	const size = await sizeOfFile(part);
	if (size !== file.size) return `the file has ${size} bytes instead of ${file.size}`;
	const found = await md5OfFile(part);
	return found === file.md5 ? undefined : `the MD5 checksum is ${found} instead of ${file.md5}`;
}

/** An error of the file system here, not of the network. */
function isLocal(thrown: unknown): boolean {
	return (
		thrown instanceof Error &&
		"syscall" in thrown &&
		["open", "write", "ftruncate"].includes(String(thrown.syscall))
	);
}

function cannotWrite(part: string, cause: unknown) {
	return new FlSimError("FL_DATA_DOWNLOAD", `${part}: cannot be written (${messageOf(cause)})`, {
		fix: "Free space, or choose another folder with --to.",
		details: { file: part },
		cause,
	});
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(thrown: unknown): string {
	const cause = thrown instanceof Error ? thrown.cause : undefined;
	if (cause instanceof Error)
		return cause.message === "" && "code" in cause ? String(cause.code) : cause.message;
	return messageOf(thrown);
}

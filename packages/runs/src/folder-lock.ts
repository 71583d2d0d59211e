import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { FlSimError, messageOf } from "@fl-sim/core";
import type nativeLocks from "fs-native-extensions";
import { reasonOf } from "./system-error.ts";

/** The file in a folder that carries its lock. It stays: without a process that holds the lock, it means nothing. */
export const lockName = "lock";

/** The byte that is locked: beyond what is written, since Windows lets nobody read what is locked. */
const lockedByte = 2 ** 30;

/** What the system says where a file system knows no locks. */
const withoutLocks: ReadonlySet<string> = new Set(["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"]);

/** A folder that this process has to itself. */
export interface FolderLock {
	release(): Promise<void>;
}

/** Who holds a lock, for the message to others. */
interface Holder {
	readonly pid: number;
	readonly host: string;
	/** ISO 8601, UTC. */
	readonly since: string;
}

/**
 * Takes a folder for this process alone, by a lock of the operating system: it ends with the process, however that
 * ends, so there are no stale locks and nothing to delete. Where locks do not work, `onWarning` is told and nothing is locked.
 *
 * @throws FL_LOCKED when another process, or this one, has it; FL_RUN_FOLDER when the lock's file cannot be written.
 */
export async function lockFolder(
	folder: string,
	onWarning: (warning: string) => void = () => undefined,
): Promise<FolderLock> {
	const handle = await openLockFile(folder);
	try {
		if (
			!(await tryLock(handle, (reason) =>
				onWarning(`${folder}: cannot be locked (${reason}); see that no other process uses it`),
			))
		) {
			throw lockedError(folder, await readHolder(handle));
		}
		const holder: Holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
		await handle.truncate(0);
		await handle.write(JSON.stringify(holder), 0);
	} catch (error) {
		await handle.close();
		if (error instanceof FlSimError) throw error;
		throw cannotLock(folder, error);
	}
	return {
		async release() {
			await handle.truncate(0).catch(() => undefined); // only for those who look into it
			await handle.close();
		},
	};
}

/** Does something with a folder that this process has to itself meanwhile. Throws as `lockFolder`. */
export async function withFolderLock<Result>(
	folder: string,
	onWarning: ((warning: string) => void) | undefined,
	use: () => Promise<Result>,
): Promise<Result> {
	const lock = await lockFolder(folder, onWarning);
	try {
		return await use();
	} finally {
		await lock.release();
	}
}

async function openLockFile(folder: string): Promise<FileHandle> {
	try {
		return await open(join(folder, lockName), constants.O_RDWR | constants.O_CREAT, 0o600);
	} catch (cause) {
		throw cannotLock(folder, cause);
	}
}

/** False when somebody else has the lock. */
async function tryLock({ fd }: FileHandle, onMissing: (reason: string) => void): Promise<boolean> {
	let locks: typeof nativeLocks;
	try {
		locks = (await import("fs-native-extensions")).default;
	} catch (error) {
		onMissing(messageOf(error));
		return true;
	}
	try {
		return locks.tryLock(fd, lockedByte, 1);
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "";
		if (!withoutLocks.has(code)) throw error;
		onMissing(`the file system has no locks, ${code}`);
		return true;
	}
}

async function readHolder(handle: FileHandle): Promise<Partial<Holder>> {
	try {
		const { buffer, bytesRead } = await handle.read({ position: 0 });
		const value: unknown = JSON.parse(buffer.toString("utf8", 0, bytesRead));
		return typeof value === "object" && value !== null ? value : {};
	} catch {
		return {}; // it is about to write its name
	}
}

function lockedError(folder: string, { pid, host, since }: Partial<Holder>): FlSimError {
	const process = pid === undefined ? "another process" : `process ${pid}`;
	const place = host === undefined || host === hostname() ? "" : ` on ${host}`;
	const time = since === undefined ? "" : `, since ${since}`;
	return new FlSimError("FL_LOCKED", `${folder}: ${process}${place} is using it${time}`, {
		fix: `Wait for ${pid === undefined ? "it" : `process ${pid}`} or end it; the lock ends with the process, and there is nothing to delete.`,
		details: { folder, ...(pid === undefined ? {} : { pid }) },
	});
}

function cannotLock(folder: string, cause: unknown): FlSimError {
	return new FlSimError("FL_RUN_FOLDER", `${join(folder, lockName)}: cannot be written: ${reasonOf(cause)}`, {
		fix: "Make the folder writable, or use another one.",
		details: { folder },
		cause,
	});
}

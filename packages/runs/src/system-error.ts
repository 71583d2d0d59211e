import { messageOf } from "@fl-sim/core";

const reasons: Readonly<Record<string, string>> = {
	ENOSPC: "no space is left on the device",
	EDQUOT: "the disk quota is used up",
	EROFS: "the file system is read-only",
	EACCES: "permission denied",
	EPERM: "permission denied",
	ENOENT: "there is no such file or folder",
	ENOTDIR: "a part of the path is a file, not a folder",
	EIO: "the device reports an error",
};

/** The system's code of an error (`ENOSPC`); empty when it has none. */
export function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Why a call to the system failed, in words. */
export function reasonOf(error: unknown): string {
	return reasons[codeOf(error)] ?? messageOf(error);
}

/** True when the disk or the quota is full. */
export function isOutOfSpace(error: unknown): boolean {
	return codeOf(error) === "ENOSPC" || codeOf(error) === "EDQUOT";
}

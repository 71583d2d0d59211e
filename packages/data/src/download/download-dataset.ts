import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { FlSimError, messageOf } from "@fl-sim/core";
import type { NamedDataset, RemoteFile } from "./catalogue.ts";
import { md5OfFile } from "./checksum.ts";
import { datasetFolder, exists, findDataset } from "./dataset-folder.ts";
import { downloadFile, type ProgressListener } from "./download-file.ts";
import { extractTar } from "./tar.ts";

export interface DownloadOptions {
	/** Standard: the folder where the data set's source looks for it. */
	readonly folder?: string;
	/** Address of a folder that holds the files under the same names; replaces the known mirrors. */
	readonly from?: string;
	readonly onProgress?: ProgressListener;
}

export interface DownloadedDataset {
	readonly folder: string;
	/** Files that were downloaded now. */
	readonly downloaded: readonly string[];
	/** Files that were there already. */
	readonly kept: readonly string[];
}

/**
 * Brings the files of a named data set into a folder. What is there already stays; interrupted downloads resume.
 * Throws FL_DATA_DOWNLOAD or FL_DATA_CHECKSUM with the files that the user can put there by hand.
 */
export async function downloadDataset(
	dataset: NamedDataset,
	options: DownloadOptions = {},
): Promise<DownloadedDataset> {
	const { provision, name } = dataset;
	const folder = options.folder ?? datasetFolder(name);
	const { missing } = await findDataset(dataset, folder);
	if (provision.kind === "manual") {
		if (missing.length === 0) return { folder, downloaded: [], kept: dataset.files };
		throw new FlSimError(
			"FL_DATA_DOWNLOAD",
			`${name} cannot be downloaded. ${provision.steps} to ${folder}.`,
			{
				fix: `Make the files with that script and put them into ${folder}.`,
				details: { folder },
			},
		);
	}
	await makeFolder(folder);
	try {
		return provision.kind === "files"
			? await downloadFiles(provision.files, folder, options)
			: await downloadArchive(dataset, provision.archive, {
					...options,
					folder,
					complete: missing.length === 0,
				});
	} catch (thrown) {
		throw withFilesByHand(thrown, dataset, folder);
	}
}

async function makeFolder(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true }).catch((cause) => {
		throw new FlSimError("FL_DATA_DOWNLOAD", `${folder}: cannot be made (${messageOf(cause)})`, {
			fix: "Choose another folder with --to.",
			details: { folder },
			cause,
		});
	});
}

async function downloadFiles(
	files: readonly RemoteFile[],
	folder: string,
	options: DownloadOptions,
): Promise<DownloadedDataset> {
	const downloaded: string[] = [];
	const kept: string[] = [];
	for (const file of files) {
		const target = join(folder, file.name);
		const unpacked = target.replace(/\.gz$/, "");
		if (await exists(target)) {
			await checkKept(file, target);
			kept.push(file.name);
		} else if (await exists(unpacked)) {
			kept.push(file.name.replace(/\.gz$/, ""));
		} else {
			await downloadFile(atMirror(file, options.from), target, options.onProgress);
			downloaded.push(file.name);
		}
	}
	return { folder, downloaded, kept };
}

async function checkKept(file: RemoteFile, target: string): Promise<void> {
	const found = await md5OfFile(target);
	if (found === file.md5) return;
	throw new FlSimError(
		"FL_DATA_CHECKSUM",
		`${target} is there, but its MD5 checksum is ${found} instead of ${file.md5}`,
		{ fix: "Use it as it is, or delete it and run the command again.", details: { file: target } },
	);
}

interface ArchiveOptions extends DownloadOptions {
	readonly folder: string;
	/** Whether all needed files are there. */
	readonly complete: boolean;
}

async function downloadArchive(
	dataset: NamedDataset,
	archive: RemoteFile,
	{ folder, complete, from, onProgress }: ArchiveOptions,
): Promise<DownloadedDataset> {
	if (complete) return { folder, downloaded: [], kept: dataset.files };
	const target = join(folder, archive.name);
	if (await exists(target)) await checkKept(archive, target);
	else await downloadFile(atMirror(archive, from), target, onProgress);
	const found = await extractTar(target, folder, new Set([...dataset.files, ...dataset.optionalFiles]));
	const absent = dataset.files.filter((file) => !found.includes(file));
	if (absent.length > 0) {
		throw new FlSimError("FL_DATA_DOWNLOAD", `${target} does not hold ${absent.join(", ")}`, {
			fix: "Use the archive of the binary version.",
			details: { file: target },
		});
	}
	await rm(target);
	return { folder, downloaded: found, kept: [] };
}

function atMirror(file: RemoteFile, from: string | undefined): RemoteFile {
	return from === undefined ? file : { ...file, urls: [`${from.replace(/\/+$/, "")}/${file.name}`] };
}

/** Adds to a failed download which files the user can fetch by other means. */
function withFilesByHand(thrown: unknown, { provision }: NamedDataset, folder: string): FlSimError {
	if (thrown instanceof FlSimError && thrown.code !== "FL_DATA_DOWNLOAD") return thrown;
	const files =
		provision.kind === "archive" ? [provision.archive] : provision.kind === "files" ? provision.files : [];
	const list = files.map(({ name, urls }) => `${name} (${urls[0]})`).join(", ");
	const unpack = provision.kind === "archive" ? " and unpack it there" : "";
	return new FlSimError("FL_DATA_DOWNLOAD", messageOf(thrown), {
		fix: `Check network and disk and run the command again to resume, or put by hand into ${folder}${unpack}: ${list}`,
		details: { folder },
		cause: thrown,
	});
}

import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Examples } from "@fl-sim/core";
import { sharedInts } from "../shared-arrays.ts";
import { dataError, quoted, readError } from "./data-error.ts";
import { type ImageOptions, ImageStack } from "./image-stack.ts";
import type { Normalization } from "./normalization.ts";

export interface ImageFolderOptions extends ImageOptions {
	readonly normalization: Normalization;
	/** Classes that must be meant, in order; standard: the sub-folders in sorted order. */
	readonly classNames?: readonly string[];
}

/**
 * Reads a folder with one sub-folder of PNG and JPEG images per class. Classes and files are taken in sorted order.
 * Throws `FlSimError` for empty folders, damaged images and images of different sizes.
 */
export async function readImageFolder(folder: string, options: ImageFolderOptions): Promise<Examples> {
	const found = await imageClasses(folder);
	const classNames = options.classNames ?? found;
	const unknown = found.find((name) => !classNames.includes(name));
	if (unknown !== undefined) {
		throw dataError({
			code: "FL_DATA_LABEL_RANGE",
			file: folder,
			found: `a class ${quoted(unknown)}`,
			expected: "only classes of the training data",
		});
	}
	const files = await listImages(folder, classNames, found);
	const stack = new ImageStack(options);
	const labels = sharedInts(files.length);
	for (const [position, { file, label }] of files.entries()) {
		stack.push(await readFileOf(file), file);
		labels[position] = label;
	}
	return {
		numExamples: files.length,
		...stack.finish(options.normalization),
		labels,
		numClasses: classNames.length,
		classNames,
	};
}

/** Names of the sub-folders, sorted. Throws FL_DATA_FORMAT when there are none. */
async function imageClasses(folder: string): Promise<string[]> {
	const names = (await listFolder(folder)).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
	if (names.length > 0) return names.sort();
	throw dataError({
		file: folder,
		found: "no sub-folders",
		expected: "one folder of images for each class",
		fix: "Put the images of each class into a folder of their own.",
	});
}

async function listImages(folder: string, classNames: readonly string[], found: readonly string[]) {
	const files: { file: string; label: number }[] = [];
	for (const name of found) {
		const images = (await listFolder(join(folder, name)))
			.map((entry) => entry.name)
			.filter((file) => /\.(png|jpe?g)$/i.test(file))
			.sort();
		if (images.length === 0) {
			throw dataError({ file: join(folder, name), found: "no images", expected: "PNG or JPEG files" });
		}
		const label = classNames.indexOf(name);
		for (const image of images) files.push({ file: join(folder, name, image), label });
	}
	return files;
}

async function listFolder(folder: string): Promise<Dirent[]> {
	return await readdir(folder, { withFileTypes: true }).catch((cause) => {
		throw readError(folder, "folder", cause);
	});
}

async function readFileOf(file: string): Promise<Uint8Array> {
	return await readFile(file).catch((cause) => {
		throw readError(file, "byte 0", cause);
	});
}

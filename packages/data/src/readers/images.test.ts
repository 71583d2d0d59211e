import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { expect, test } from "vitest";
import { decodeImage } from "./image-decode.ts";
import { type ImageFolderOptions, readImageFolder } from "./image-folder.ts";
import { resizeBilinear } from "./image-resize.ts";
import { expectRobust, flSimErrorOf, pngBytes, temporaryFolder } from "./sample-files.fixture.ts";

const standard: ImageFolderOptions = { color: "rgb", normalization: "none" };
const red = pngBytes(2, 1, [255, 0, 0, 255, 0, 0]);
const blue = pngBytes(2, 1, [0, 0, 255, 0, 0, 255]);

function jpegBytes(width: number, height: number, level: number): Buffer {
	const data = new Uint8Array(4 * width * height).fill(level);
	return jpeg.encode({ width, height, data }, 95).data;
}

async function folderOf(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
	const folder = await temporaryFolder();
	for (const [name, bytes] of Object.entries(files)) {
		await mkdir(join(folder, name, ".."), { recursive: true });
		await writeFile(join(folder, name), bytes);
	}
	return folder;
}

test("sub-folders are classes and images come in sorted order", async () => {
	const folder = await folderOf({
		"sky/2.png": red,
		"sky/1.png": blue,
		"fire/a.PNG": red,
		"sky/notes.txt": red,
	});
	const examples = await readImageFolder(folder, standard);
	expect(examples.classNames).toEqual(["fire", "sky"]);
	expect([...examples.labels]).toEqual([0, 1, 1]);
	expect(examples.featureShape).toEqual([1, 2, 3]);
	expect([...examples.features.values.subarray(0, 9)]).toEqual([255, 0, 0, 255, 0, 0, 0, 0, 255]);
	expect(examples.features.values.buffer).toBeInstanceOf(SharedArrayBuffer);
});

test("grey is the luma of the colours, for PNG and JPEG", () => {
	expect([...decodeImage(red, "grey", "x").samples]).toEqual([76, 76]);
	const grey = decodeImage(jpegBytes(8, 8, 100), "grey", "x");
	expect([grey.height, grey.width, grey.channels]).toEqual([8, 8, 1]);
	for (const sample of grey.samples) expect(Math.abs(sample - 100)).toBeLessThanOrEqual(2);
});

test("grey PNG files decode too", () => {
	const png = new PNG({ width: 1, height: 1 });
	png.data.set([9, 9, 9, 255]);
	expect([...decodeImage(PNG.sync.write(png, { colorType: 0 }), "rgb", "x").samples]).toEqual([9, 9, 9]);
});

test("images of two sizes are an error unless they are resized", async () => {
	const folder = await folderOf({ "a/1.png": red, "a/2.jpg": jpegBytes(8, 8, 50) });
	const error = await flSimErrorOf(readImageFolder(folder, standard));
	expect(error.message).toMatch(/2\.jpg: found an image of 8x8 pixels, expected 2x1/);
	expect(error.fix).toMatch(/resize/);
	const examples = await readImageFolder(folder, { ...standard, resize: [4, 2] });
	expect(examples.featureShape).toEqual([4, 2, 3]);
});

test("bilinear resizing interpolates between pixel centres and repeats the edges", () => {
	const image = { height: 1, width: 2, channels: 1, samples: Uint8Array.of(0, 100) };
	expect([...resizeBilinear(image, 1, 4).samples]).toEqual([0, 25, 75, 100]);
	const square = { height: 2, width: 2, channels: 1, samples: Uint8Array.of(0, 40, 80, 120) };
	expect([...resizeBilinear(square, 1, 1).samples]).toEqual([60]);
	expect(resizeBilinear(square, 2, 2)).toBe(square);
});

test("a channel is resized on its own", () => {
	const image = { height: 1, width: 2, channels: 3, samples: Uint8Array.of(0, 10, 20, 100, 110, 120) };
	expect([...resizeBilinear(image, 1, 1).samples]).toEqual([50, 60, 70]);
});

test("known classes number a test folder, and another class is an error", async () => {
	const folder = await folderOf({ "b/1.png": red });
	expect([...(await readImageFolder(folder, { ...standard, classNames: ["a", "b"] })).labels]).toEqual([1]);
	const error = await flSimErrorOf(readImageFolder(folder, { ...standard, classNames: ["a"] }));
	expect(error.code).toBe("FL_DATA_LABEL_RANGE");
});

test("folders without classes, classes without images and files that are no images are errors", async () => {
	expect((await flSimErrorOf(readImageFolder(await temporaryFolder(), standard))).message).toMatch(
		/no sub-folders/,
	);
	const noImages = await folderOf({ "a/readme.txt": red });
	expect((await flSimErrorOf(readImageFolder(noImages, standard))).message).toMatch(/a: found no images/);
	const noImage = await folderOf({ "a/1.png": Buffer.from("GIF89a") });
	expect((await flSimErrorOf(readImageFolder(noImage, standard))).message).toMatch(
		/byte 0: found neither a PNG/,
	);
	const empty = await folderOf({ "a/1.png": Buffer.alloc(0) });
	expect((await flSimErrorOf(readImageFolder(empty, standard))).message).toMatch(/an empty file/);
	expect((await flSimErrorOf(readImageFolder("/nowhere/at/all", standard))).code).toBe("FL_DATA_MISSING");
});

test("a PNG header that promises a giant image is an error", async () => {
	const giant = Buffer.from(red);
	giant.writeUInt32BE(0x7fffffff, 16);
	const folder = await folderOf({ "a/1.png": giant });
	expect((await flSimErrorOf(readImageFolder(folder, standard))).message).toMatch(/at most 50 megapixels/);
});

test("damaged images give a result or an FlSimError", async () => {
	const decode = async (file: string) => decodeImage(await readFile(file), "rgb", file);
	await expectRobust("a.png", pngBytes(3, 2, [1, 2, 3, 4, 5, 6, 7, 8, 9]), decode);
	await expectRobust("a.jpg", jpegBytes(9, 8, 77), decode);
});

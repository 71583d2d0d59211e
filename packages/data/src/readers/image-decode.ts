import * as jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { dataError, readError } from "./data-error.ts";

/** Samples of one image, 0 .. 255, `[height, width, channels]`. */
export interface Image {
	readonly height: number;
	readonly width: number;
	readonly channels: number;
	readonly samples: Uint8Array;
}

export type ColorMode = "grey" | "rgb";

/** No picture for training is larger; a header that says so is damaged. */
const mostMegapixels = 50;

/** Whether the bytes start as a PNG or JPEG file does. */
export function isImage(bytes: Uint8Array): boolean {
	return isPng(bytes) || isJpeg(bytes);
}

function isPng(bytes: Uint8Array): boolean {
	return (
		Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.length)).toString("latin1") === pngMagic
	);
}

const pngMagic = "\u0089PNG\r\n\u001a\n";

function isJpeg(bytes: Uint8Array): boolean {
	return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Decodes a PNG or JPEG. Grey is the luma of ITU-R BT.601; transparency is ignored. Throws `FlSimError` naming
 * `file` for damaged images.
 */
export function decodeImage(bytes: Uint8Array, color: ColorMode, file: string): Image {
	const { width, height, data } = decodePixels(bytes, file);
	if (width < 1 || height < 1 || data.length !== 4 * width * height) {
		throw dataError({
			file,
			found: `${data.length} samples for ${width}x${height} pixels`,
			expected: "four for each pixel",
		});
	}
	return color === "grey" ? toGrey({ width, height, data }) : toRgb({ width, height, data });
}

interface RgbaPixels {
	readonly width: number;
	readonly height: number;
	readonly data: Uint8Array;
}

function decodePixels(bytes: Uint8Array, file: string): RgbaPixels {
	const png = isPng(bytes);
	if (!png && !isJpeg(bytes)) {
		throw dataError({
			file,
			place: "byte 0",
			found: bytes.length === 0 ? "an empty file" : "neither a PNG nor a JPEG signature",
			expected: "a PNG or JPEG image",
		});
	}
	try {
		return png ? decodePng(bytes, file) : decodeJpeg(bytes);
	} catch (cause) {
		throw readError(file, png ? "PNG data" : "JPEG data", cause);
	}
}

function decodePng(bytes: Uint8Array, file: string): RgbaPixels {
	const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (buffer.length >= 24) {
		const [width, height] = [buffer.readUInt32BE(16), buffer.readUInt32BE(20)];
		if (width * height > mostMegapixels * 1e6) {
			throw dataError({
				file,
				place: "byte 16",
				found: `${width}x${height} pixels`,
				expected: `at most ${mostMegapixels} megapixels`,
			});
		}
	}
	return PNG.sync.read(buffer);
}

function decodeJpeg(bytes: Uint8Array): RgbaPixels {
	return jpeg.decode(bytes, {
		useTArray: true,
		tolerantDecoding: false,
		maxResolutionInMP: mostMegapixels,
		maxMemoryUsageInMB: 1024,
	});
}

function toGrey({ width, height, data }: RgbaPixels): Image {
	const samples = new Uint8Array(width * height);
	for (let pixel = 0; pixel < samples.length; pixel++) {
		const [red, green, blue] = [data[4 * pixel], data[4 * pixel + 1], data[4 * pixel + 2]] as [
			number,
			number,
			number,
		];
		samples[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
	}
	return { height, width, channels: 1, samples };
}

function toRgb({ width, height, data }: RgbaPixels): Image {
	const samples = new Uint8Array(3 * width * height);
	for (let pixel = 0; pixel < width * height; pixel++) {
		for (let channel = 0; channel < 3; channel++) {
			samples[3 * pixel + channel] = data[4 * pixel + channel] as number;
		}
	}
	return { height, width, channels: 3, samples };
}

import { constants, isUtf8 } from "node:buffer";
import { openBytes } from "./byte-reader.ts";
import { dataError, readError } from "./data-error.ts";

/**
 * The text of a UTF-8 file, plain or gzip, with `\n` as the only line end. Throws `FlSimError` for an empty file, for
 * one too large for one string and, with the line, for bytes that are not UTF-8.
 */
export async function readWholeText(file: string): Promise<string> {
	const bytes = await readWhole(file);
	if (bytes.length === 0) {
		throw dataError({ code: "FL_DATA_TRUNCATED", file, found: "an empty file", expected: "text" });
	}
	if (!isUtf8(bytes)) throw notUtf8(file, bytes);
	const start = bytes.subarray(0, 3).toString("hex") === "efbbbf" ? 3 : 0;
	return bytes.toString("utf8", start).replaceAll("\r\n", "\n");
}

async function readWhole(file: string): Promise<Buffer> {
	const { stream } = await openBytes(file);
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			size += chunk.length;
			if (size > constants.MAX_STRING_LENGTH) throw tooLarge(file);
		}
	} catch (cause) {
		throw readError(file, `unpacked byte ${size}`, cause);
	}
	return Buffer.concat(chunks, size);
}

function tooLarge(file: string) {
	return dataError({
		file,
		found: "a very large text",
		expected: `at most ${constants.MAX_STRING_LENGTH} bytes`,
		fix: "Split the file, for example into fewer users per file.",
	});
}

function notUtf8(file: string, bytes: Buffer) {
	let line = 1;
	let start = 0;
	for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
		if (!isUtf8(bytes.subarray(start, end))) break;
		line++;
		start = end + 1;
	}
	return dataError({
		file,
		place: `line ${line}`,
		found: "bytes that are not UTF-8",
		expected: "UTF-8 text",
	});
}

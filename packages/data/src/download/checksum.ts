import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";

/** MD5 of a file, hexadecimal: a guard against damage, not against malice. */
export async function md5OfFile(file: string): Promise<string> {
	const hash = createHash("md5");
	for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
	return hash.digest("hex");
}

/** Size of a file in bytes, 0 when there is none. */
export async function sizeOfFile(file: string): Promise<number> {
	return await stat(file).then(
		({ size }) => size,
		() => 0,
	);
}

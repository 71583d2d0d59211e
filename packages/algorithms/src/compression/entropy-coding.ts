import { FlSimError, messageOf } from "@fl-sim/core";
import { deflateSync, Inflate } from "fflate";
import { z } from "zod";

export const entropyOption = z
	.boolean()
	.default(false)
	.describe("Code the bytes by DEFLATE where that makes them fewer; their number then depends on the values");

/** The first byte tells how the rest is coded. */
const stored = 0;
const deflated = 1;

/** Bytes of the longest code of `numBytes` bytes. */
export function mostCodedBytes(numBytes: number): number {
	return 1 + numBytes;
}

/** Codes bytes by DEFLATE, or stores them where that would not make them fewer. */
export function entropyCode(bytes: Uint8Array): Uint8Array {
	const shorter = deflateSync(bytes);
	const [kind, content] = shorter.length < bytes.length ? [deflated, shorter] : [stored, bytes];
	const coded = new Uint8Array(1 + content.length);
	coded[0] = kind;
	coded.set(content, 1);
	return coded;
}

/** Small enough that what a piece becomes, a thousand times as much at most, fits into memory. */
const pieceBytes = 1024;

/**
 * The `numBytes` bytes that were coded. Stops as soon as there are more.
 *
 * @throws FL_WIRE_FORMAT
 */
export function entropyDecode(coded: Uint8Array, numBytes: number): Uint8Array {
	const content = coded.subarray(1);
	if (coded[0] === stored) {
		if (content.length !== numBytes) throw wrong(`${content.length} stored bytes, expected ${numBytes}`);
		return content;
	}
	if (coded[0] !== deflated) throw wrong(`a code of kind ${coded[0]}, expected ${stored} or ${deflated}`);
	const bytes = new Uint8Array(numBytes);
	let found = 0;
	const inflate = new Inflate((part) => {
		if (found + part.length > numBytes) throw wrong(`more than ${numBytes} bytes once inflated`);
		bytes.set(part, found);
		found += part.length;
	});
	try {
		for (let from = 0; from === 0 || from < content.length; from += pieceBytes) {
			const to = from + pieceBytes;
			inflate.push(content.subarray(from, to), to >= content.length);
		}
	} catch (error) {
		throw error instanceof FlSimError ? error : wrong(messageOf(error));
	}
	if (found !== numBytes) throw wrong(`${found} bytes once inflated, expected ${numBytes}`);
	return bytes;
}

function wrong(found: string): FlSimError {
	return new FlSimError("FL_WIRE_FORMAT", `a compressed field holds ${found}`);
}

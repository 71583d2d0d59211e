import type { Checksum } from "./checksum.ts";
import { combineCrc32 } from "./crc-combination.ts";
import { limits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";

/** "FLS1" in the order of its bytes. */
const magic = 0x31534c46;
const controlKind = 1;
const chunkKind = 2;
const controlHeaderLength = 12;
/** Bytes of a chunk frame before its data. */
export const chunkHeaderLength = 24;

/** One message of the transport. All numbers are little-endian. */
export type Frame =
	| { readonly kind: "control"; readonly text: string }
	| {
			readonly kind: "chunk";
			/** Number that the sender gave the payload. */
			readonly payload: number;
			/** Place of the data in the payload. */
			readonly offset: number;
			/** A view on the frame. */
			readonly data: Uint8Array;
			/** CRC-32 of the data, as the frame's shows. */
			readonly crc32: number;
	  };

/** A control frame: header and UTF-8 text. */
export function encodeControlFrame(text: string, checksum: Checksum): Uint8Array {
	const content = new TextEncoder().encode(text);
	const frame = new Uint8Array(controlHeaderLength + content.length);
	frame.set(content, controlHeaderLength);
	return seal(frame, controlKind, checksum(content));
}

/** What a chunk frame is made of. */
export interface Chunk {
	readonly payload: number;
	readonly offset: number;
	readonly data: Uint8Array;
	/** CRC-32 of the data, where it is known. */
	readonly crc32?: number;
}

/**
 * A chunk frame: header, number of the payload (uint32), offset (uint64) and a copy of the data. `memory` is where it is
 * written: 24 bytes and the data.
 */
export function encodeChunkFrame(
	{ payload, offset, data, crc32 }: Chunk,
	checksum: Checksum,
	memory: Uint8Array = new Uint8Array(chunkHeaderLength + data.length),
): Uint8Array {
	const view = viewOf(memory);
	view.setUint32(12, payload, true);
	view.setBigUint64(16, BigInt(offset), true);
	memory.set(data, chunkHeaderLength);
	const place = placeChecksum(memory, checksum);
	return seal(memory, chunkKind, combineCrc32(place, crc32 ?? checksum(data), data.length));
}

/** CRC-32 of what a chunk frame says of its place. */
function placeChecksum(frame: Uint8Array, checksum: Checksum): number {
	return checksum(frame.subarray(controlHeaderLength, chunkHeaderLength));
}

function seal(frame: Uint8Array, kind: number, crc: number): Uint8Array {
	const view = viewOf(frame);
	view.setUint32(0, magic, true);
	view.setUint32(4, kind, true);
	view.setUint32(8, crc, true);
	return frame;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Reads a frame, whatever the bytes. A control frame has `maxControlFrame` bytes at most.
 *
 * @throws FL_PROTOCOL_FRAME, FL_PROTOCOL_SIZE; FL_PROTOCOL_MESSAGE for text that is not UTF-8.
 */
export function decodeFrame(
	bytes: Uint8Array,
	checksum: Checksum,
	maxControlFrame: number = limits.controlFrame,
): Frame {
	if (bytes.length < controlHeaderLength) {
		throw malformed(`it has ${bytes.length} bytes, expected at least ${controlHeaderLength}`);
	}
	const view = viewOf(bytes);
	if (view.getUint32(0, true) !== magic) throw malformed("it does not start with FLS1");
	const kind = view.getUint32(4, true);
	if (kind !== controlKind && kind !== chunkKind) throw malformed(`it is of the unknown kind ${kind}`);
	const longest = kind === controlKind ? maxControlFrame : chunkHeaderLength + limits.maxChunkData;
	checkLength(kind, bytes.length, longest);
	const expected = view.getUint32(8, true);
	const found = checksum(bytes.subarray(controlHeaderLength));
	if (found !== expected) {
		throw malformed(`its content has the CRC-32 ${hex(found)}, its header says ${hex(expected)}`);
	}
	return kind === controlKind ? controlFrame(bytes) : chunkFrame(bytes, found, checksum);
}

function checkLength(kind: number, length: number, longest: number): void {
	const shortest = 1 + (kind === controlKind ? controlHeaderLength : chunkHeaderLength);
	if (length < shortest) throw malformed(`it has ${length} bytes, expected at least ${shortest}`);
	if (length > longest) {
		throw new ProtocolError("FL_PROTOCOL_SIZE", `a frame has ${length} bytes, expected at most ${longest}`);
	}
}

function controlFrame(bytes: Uint8Array): Frame {
	try {
		const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(controlHeaderLength));
		return { kind: "control", text };
	} catch (cause) {
		throw new ProtocolError("FL_PROTOCOL_MESSAGE", "a control frame does not hold UTF-8 text", cause);
	}
}

function chunkFrame(bytes: Uint8Array, crc: number, checksum: Checksum): Frame {
	const view = viewOf(bytes);
	const offset = view.getBigUint64(16, true);
	if (offset >= BigInt(limits.payload)) throw malformed(`its offset ${offset} is beyond any payload`);
	const data = bytes.subarray(chunkHeaderLength);
	return {
		kind: "chunk",
		payload: view.getUint32(12, true),
		offset: Number(offset),
		data,
		crc32: combineCrc32(placeChecksum(bytes, checksum), crc, data.length),
	};
}

function malformed(problem: string): ProtocolError {
	return new ProtocolError("FL_PROTOCOL_FRAME", `a frame is malformed: ${problem}`);
}

function hex(value: number): string {
	return value.toString(16).padStart(8, "0");
}

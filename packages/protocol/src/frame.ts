import type { Checksum } from "./checksum.ts";
import { limits } from "./limits.ts";
import { ProtocolError } from "./protocol-error.ts";

/** "FLS1" in the order of its bytes. */
const magic = 0x31534c46;
const controlKind = 1;
const chunkKind = 2;
const controlHeaderLength = 12;
const chunkHeaderLength = 24;

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
	  };

/** A control frame: header and UTF-8 text. */
export function encodeControlFrame(text: string, checksum: Checksum): Uint8Array {
	const content = new TextEncoder().encode(text);
	const frame = new Uint8Array(controlHeaderLength + content.length);
	frame.set(content, controlHeaderLength);
	return seal(frame, controlKind, checksum);
}

/** A chunk frame: header, number of the payload (uint32), offset (uint64) and a copy of `data`. */
export function encodeChunkFrame(
	chunk: { readonly payload: number; readonly offset: number; readonly data: Uint8Array },
	checksum: Checksum,
): Uint8Array {
	const frame = new Uint8Array(chunkHeaderLength + chunk.data.length);
	const view = new DataView(frame.buffer);
	view.setUint32(12, chunk.payload, true);
	view.setBigUint64(16, BigInt(chunk.offset), true);
	frame.set(chunk.data, chunkHeaderLength);
	return seal(frame, chunkKind, checksum);
}

function seal(frame: Uint8Array, kind: number, checksum: Checksum): Uint8Array {
	const view = new DataView(frame.buffer);
	view.setUint32(0, magic, true);
	view.setUint32(4, kind, true);
	view.setUint32(8, checksum(frame.subarray(controlHeaderLength)), true);
	return frame;
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
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
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
	return kind === controlKind ? controlFrame(bytes) : chunkFrame(bytes, view);
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

function chunkFrame(bytes: Uint8Array, view: DataView): Frame {
	const offset = view.getBigUint64(16, true);
	if (offset >= BigInt(limits.payload)) throw malformed(`its offset ${offset} is beyond any payload`);
	return {
		kind: "chunk",
		payload: view.getUint32(12, true),
		offset: Number(offset),
		data: bytes.subarray(chunkHeaderLength),
	};
}

function malformed(problem: string): ProtocolError {
	return new ProtocolError("FL_PROTOCOL_FRAME", `a frame is malformed: ${problem}`);
}

function hex(value: number): string {
	return value.toString(16).padStart(8, "0");
}

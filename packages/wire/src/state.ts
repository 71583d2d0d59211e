import type { StateValue } from "@fl-sim/core";

/** @throws FL_WIRE_FORMAT */
export function encodeState(value: StateValue): Uint8Array {
	throw new Error(String(value));
}

/** @throws FL_WIRE_FORMAT */
export function decodeState(bytes: Uint8Array): StateValue {
	throw new Error(String(bytes.length));
}

import { type Tensor, writeSafetensors } from "@fl-sim/wire";

/**
 * Made by the reference implementation, safetensors 0.8.0 with numpy 2.4: `save({"scalar": float64(-0.0),
 * "none": uint32 of shape (0, 5), 'é "quoted"\n': uint8([[1, 2, 3]]), "w": float32([inf, -inf, 1e-45])})`, and
 * `save({"w": float32([[1, -2], [0.5, nan]]), "n": uint8([7, 8, 9]), "i": int32([-1])}, metadata={"k": "v"})`.
 */
export const referenceFiles: readonly Uint8Array[] = [
	"+AAAAAAAAAB7InNjYWxhciI6eyJkdHlwZSI6IkY2NCIsInNoYXBlIjpbXSwiZGF0YV9vZmZzZXRzIjpbMCw4XX0sInciOnsiZHR5cGUiOiJGMzIiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOls4LDIwXX0sIm5vbmUiOnsiZHR5cGUiOiJVMzIiLCJzaGFwZSI6WzAsNV0sImRhdGFfb2Zmc2V0cyI6WzIwLDIwXX0sIsOpIFwicXVvdGVkXCJcbiI6eyJkdHlwZSI6IlU4Iiwic2hhcGUiOlsxLDNdLCJkYXRhX29mZnNldHMiOlsyMCwyM119fSAgICAgIAAAAAAAAACAAACAfwAAgP8BAAAAAQID",
	"wAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJrIjoidiJ9LCJ3Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsyLDJdLCJkYXRhX29mZnNldHMiOlswLDE2XX0sImkiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlsxNiwyMF19LCJuIjp7ImR0eXBlIjoiVTgiLCJzaGFwZSI6WzNdLCJkYXRhX29mZnNldHMiOlsyMCwyM119fSAAAIA/AAAAwAAAAD8AAMB//////wcICQ==",
].map((text) => new Uint8Array(Buffer.from(text, "base64")));

/** Files of the same implementation whose element types are not read here: float16, int64. */
export const foreignFiles: readonly Uint8Array[] = [
	"QAAAAAAAAAB7ImhhbGYiOnsiZHR5cGUiOiJGMTYiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDJdfX0gICAgICAgAD4=",
	"QAAAAAAAAAB7ImxvbmciOnsiZHR5cGUiOiJJNjQiLCJzaGFwZSI6WzFdLCJkYXRhX29mZnNldHMiOlswLDhdfX0gICAgICAgAAAAAAABAAA=",
].map((text) => new Uint8Array(Buffer.from(text, "base64")));

const tensors: readonly Tensor[] = [
	{ name: "params", dtype: "F32", shape: [2, 3], data: Float32Array.of(1, -2, 0.5, Number.NaN, 0, 1e-45) },
	{ name: "sums", dtype: "F64", shape: [2], data: Float64Array.of(-0, Number.POSITIVE_INFINITY) },
	{ name: "clients", dtype: "U32", shape: [3], data: Uint32Array.of(1, 2, 2 ** 32 - 1) },
	{ name: "none", dtype: "I32", shape: [0], data: new Int32Array() },
	{ name: "__proto__", dtype: "U8", shape: [5], data: Uint8Array.of(1, 2, 3, 4, 5) },
];

/** Files that mutants are made of. */
export const soundFiles: readonly Uint8Array[] = [
	...referenceFiles,
	writeSafetensors(tensors, { round: "3" }),
];

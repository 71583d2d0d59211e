/**
 * CRC-32 (IEEE 802.3) of `bytes`, going on from `previous`, the value for what came before: `node:zlib` has it, and so
 * may whatever else this package runs on.
 */
export type Checksum = (bytes: Uint8Array, previous?: number) => number;

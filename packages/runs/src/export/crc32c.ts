const table = Uint32Array.from({ length: 256 }, (_, byte) => {
	let remainder = byte;
	// The Castagnoli polynomial, bits reversed.
	for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0x82f63b78 : 0);
	return remainder;
});

/** CRC-32C (RFC 3720, appendix B.4): not the CRC-32 of zlib. */
export function crc32c(bytes: Uint8Array): number {
	let remainder = 0xffffffff;
	for (const byte of bytes) remainder = (remainder >>> 8) ^ (table[(remainder ^ byte) & 0xff] as number);
	return ~remainder >>> 0;
}

/** The checksum as TFRecord files store it: rotated by 15 bits, plus a constant. */
export function maskedCrc32c(bytes: Uint8Array): number {
	const crc = crc32c(bytes);
	return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The polynomial of CRC-32 with its bits reversed, as IEEE 802.3 sends them; x^0 is the highest bit. */
const polynomial = 0xedb88320;
const one = 0x80000000;

/** Product of two polynomials over GF(2), modulo that of CRC-32. */
function product(a: number, b: number): number {
	let sum = 0;
	let power = b;
	for (let bit = 31; bit >= 0; bit--) {
		if (((a >>> bit) & 1) === 1) sum ^= power;
		power = (power >>> 1) ^ ((power & 1) === 1 ? polynomial : 0);
	}
	return sum >>> 0;
}

/** x^(8 * 2^k) for each k: what 2^k bytes multiply a CRC by. Lengths are below 2^53. */
const powers = Array.from({ length: 53 }, () => 0);
let power = one >>> 8;
for (let k = 0; k < powers.length; k++) {
	powers[k] = power;
	power = product(power, power);
}

/**
 * CRC-32 of two pieces of bytes one after the other, from those of the pieces and the length of the second one in bytes: no
 * byte is looked at twice.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
	let shifted = first;
	for (let k = 0, rest = secondLength; rest > 0; k++, rest = Math.floor(rest / 2)) {
		if (rest % 2 === 1) shifted = product(powers[k] as number, shifted);
	}
	return (shifted ^ second) >>> 0;
}

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FlSimError } from "@fl-sim/core";
import fc from "fast-check";
import { PNG } from "pngjs";
import { expect, onTestFinished } from "vitest";

/** A folder that vanishes when the running test is over. */
export async function temporaryFolder(): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "fl-sim-data-"));
	onTestFinished(() => rm(folder, { recursive: true, force: true }));
	return folder;
}

/** A file of that name with those contents in a folder of its own. */
export async function temporaryFile(name: string, contents: Uint8Array | string): Promise<string> {
	const file = join(await temporaryFolder(), name);
	await writeFile(file, contents);
	return file;
}

/** An IDX file: big-endian header, then the elements as they are. */
export function idxBytes(typeByte: number, shape: readonly number[], elements: ArrayLike<number>): Buffer {
	const header = Buffer.alloc(4 + 4 * shape.length);
	header[2] = typeByte;
	header[3] = shape.length;
	for (const [axis, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * axis);
	return Buffer.concat([header, Uint8Array.from(elements)]);
}

/** A NumPy .npy file, format version 1. */
export function npyBytes(
	descr: string,
	shape: readonly number[],
	elements: Uint8Array,
	fortran = false,
): Buffer {
	const order = fortran ? "True" : "False";
	const text = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.map((extent) => `${extent},`).join(" ")}), }`;
	const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
	const length = Buffer.alloc(2);
	length.writeUInt16LE(padded.length);
	return Buffer.concat([
		Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"),
		length,
		Buffer.from(padded),
		elements,
	]);
}

/** A PNG whose pixels are given as red, green, blue. */
export function pngBytes(width: number, height: number, rgb: ArrayLike<number>): Buffer {
	const png = new PNG({ width, height });
	for (let pixel = 0; pixel < width * height; pixel++) {
		for (let channel = 0; channel < 3; channel++)
			png.data[4 * pixel + channel] = rgb[3 * pixel + channel] ?? 0;
		png.data[4 * pixel + 3] = 255;
	}
	return PNG.sync.write(png);
}

/** What `work` throws; it must be an `FlSimError`. */
export async function flSimErrorOf(work: Promise<unknown>): Promise<FlSimError> {
	const thrown = await work.then(
		() => new Error("nothing was thrown"),
		(cause: unknown) => cause,
	);
	if (!(thrown instanceof FlSimError)) expect.fail(`no FlSimError but ${String(thrown)}`);
	return thrown;
}

/**
 * Reads every prefix of a valid file and copies of it with bytes changed: each must give a result or an `FlSimError`.
 * `read` gets the damaged file.
 */
export async function expectRobust(
	name: string,
	valid: Uint8Array,
	read: (file: string) => Promise<unknown>,
): Promise<void> {
	const file = await temporaryFile(name, valid);
	await read(file); // what is damaged below is valid as it stands
	const survives = async (bytes: Uint8Array) => {
		await writeFile(file, bytes);
		await read(file).catch((thrown: unknown) => {
			if (!(thrown instanceof FlSimError)) throw thrown;
		});
	};
	const step = Math.max(1, Math.floor(valid.length / 200));
	for (let length = 0; length < valid.length; length += step) await survives(valid.subarray(0, length));
	const change = fc.record({ at: fc.nat(valid.length - 1), mask: fc.integer({ min: 1, max: 255 }) });
	await fc.assert(
		fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
			const bytes = Uint8Array.from(valid);
			for (const { at, mask } of changes) bytes[at] = (bytes[at] as number) ^ mask;
			await survives(bytes);
		}),
		{ numRuns: 300, seed: 1 }, // one seed: what libraries do with damage must not fail at random
	);
}

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type RandomStream, randomStream } from "@fl-sim/core";

const numClasses = 10;
const size = 28;
const numPixels = size * size;
/** Share of a pixel that its class decides; the rest is noise. Softmax regression has something to learn with it. */
const signal = 0.15;

/** Writes generated pictures in the files and the shape of MNIST: a random picture for each class, under noise. */
export async function writeGeneratedMnist(folder: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	const random = randomStream("generated-mnist");
	const classes = Float32Array.from({ length: numClasses * numPixels }, () => random.uniform());
	for (const [prefix, numExamples] of [
		["train", 60_000],
		["t10k", 10_000],
	] as const) {
		const labels = Uint8Array.from({ length: numExamples }, () => random.integer(numClasses));
		const images = noisyImages(classes, labels, random);
		await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), idx([numExamples], labels));
		await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), idx([numExamples, size, size], images));
	}
}

function noisyImages(classes: Float32Array, labels: Uint8Array, random: RandomStream): Uint8Array {
	const images = new Uint8Array(labels.length * numPixels);
	for (const [example, label] of labels.entries()) {
		for (let pixel = 0; pixel < numPixels; pixel++) {
			const pure = classes[label * numPixels + pixel] as number;
			images[example * numPixels + pixel] = 255 * (signal * pure + (1 - signal) * random.uniform());
		}
	}
	return images;
}

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: Uint8Array): Uint8Array {
	const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
	header.setUint32(0, 0x0800 + shape.length);
	for (const [axis, extent] of shape.entries()) header.setUint32(4 + 4 * axis, extent);
	return Buffer.concat([new Uint8Array(header.buffer), values]);
}

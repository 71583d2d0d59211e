import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { loadTensorFlowNative } from "./load-tensorflow.ts";
import { openBackend } from "./open-backend.ts";

/** Package managers leave the optional package or its native library out where it cannot be had. */
const nativeLibraryLoads = await loadTensorFlowNative().then(
	() => true,
	() => false,
);

test.skipIf(!nativeLibraryLoads)("the native library computes without a word of its own", async () => {
	const script = `
		import { openBackend } from ${JSON.stringify(new URL("./open-backend.ts", import.meta.url).href)};
		const { tf } = await openBackend("tensorflow");
		console.log(tf.add(tf.tensor([1, 2]), 1).arraySync().join(" "));`;
	const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
	expect(await run).toEqual({ stdout: "2 3\n", stderr: "" });
});

/** Its package must be asked for by name and needs a card: what is sure to be met is that it is not there. */
const cardLoads = await openBackend("tensorflow-gpu").then(
	() => true,
	() => false,
);

test.skipIf(cardLoads)("without a graphics card's package, asking for it tells what it needs", async () => {
	await expect(openBackend("tensorflow-gpu")).rejects.toMatchObject({
		code: "FL_BACKEND_UNAVAILABLE",
		message: expect.stringMatching(/^The backend "tensorflow-gpu" did not load: ./),
		fix: expect.stringContaining("CUDA"),
	});
	expect((await openBackend("auto")).name).not.toBe("tensorflow-gpu");
});

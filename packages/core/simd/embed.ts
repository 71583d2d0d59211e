// Compiles the sources beside this file and writes them to src/sum-kernels-binary.ts, as text: core reads no files.
// Usage: pnpm simd
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** The text of the module that holds the compiled sources. */
export async function embeddedKernels(): Promise<string> {
	const written = new Map<string, Uint8Array | string>();
	const folder = fileURLToPath(new URL(".", import.meta.url));
	const { error } = await asc.main(
		["index.ts", "--config", "asconfig.json", "--outFile", "kernels.wasm", "--baseDir", folder],
		{ writeFile: (name, contents) => void written.set(name, contents) },
	);
	if (error !== null) throw error;
	const text = Buffer.from(written.get("kernels.wasm") ?? "").toString("base64");
	const lines = text.match(/.{1,96}/g) ?? [];
	return [
		"// Written by `pnpm simd` in this package, from the sources in its folder `simd`.",
		"export const sumKernelsBinary =",
		`${lines.map((line) => `\t"${line}"`).join(" +\n")};`,
		"",
	].join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
	await writeFile(new URL("../src/sum-kernels-binary.ts", import.meta.url), await embeddedKernels());
}

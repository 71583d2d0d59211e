import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import { expect, test } from "vitest";

const packageFolder = fileURLToPath(new URL("../..", import.meta.url));
const binary = await readFile(new URL("./simd.wasm", import.meta.url));

test("simd.wasm is what its sources compile to", async () => {
	const { scripts } = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8")) as {
		readonly scripts: { readonly simd: string };
	};
	const [command, ...options] = scripts.simd.split(" ");
	expect(command).toBe("asc");
	const written = new Map<string, Uint8Array | string>();
	const { error } = await asc.main([...options, "--baseDir", packageFolder], {
		writeFile: (name, contents) => void written.set(name, contents),
	});
	expect(error).toBeNull();
	expect([...written.keys()]).toEqual(["src/kernels/simd.wasm"]);
	const compiled = Buffer.from(written.get("src/kernels/simd.wasm") ?? "");
	// A difference of bytes says nothing to a reader; `pnpm simd` in this package makes them equal.
	expect(compiled.equals(binary)).toBe(true);
});

test("the module brings no data and no start function, which would write into the backend's memory", () => {
	const [globals, exportsOfFunctions, start, data] = [6, 7, 8, 11];
	const found = sections(binary);
	expect(found).toContain(exportsOfFunctions);
	for (const section of [globals, start, data]) expect(found).not.toContain(section);
});

/** The numbers of a module's sections. See the WebAssembly specification, chapter "Binary Format: Modules". */
function sections(module: Uint8Array): number[] {
	const found: number[] = [];
	let at = 8; // after the magic number and the version
	while (at < module.length) {
		found.push(module[at++] as number);
		let size = 0;
		for (let shift = 0; ; shift += 7) {
			const byte = module[at++] as number;
			size |= (byte & 127) << shift;
			if (byte < 128) break;
		}
		at += size;
	}
	return found;
}

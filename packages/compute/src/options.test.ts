import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

/** Modules that loading `file` loads: imports of types are erased. */
function loadedBy(file: string, seen: Set<string>): Set<string> {
	if (seen.has(file)) return seen;
	seen.add(file);
	const imports = readFileSync(file, "utf8").matchAll(
		/^(?:import|export) (?!type )(?:[^;]*? from )?"([^"]+)";/gm,
	);
	for (const [, name = ""] of imports) {
		if (name.startsWith(".")) loadedBy(join(dirname(file), name), seen);
		else seen.add(name);
	}
	return seen;
}

test("the options door loads neither TensorFlow.js nor anything of Node", () => {
	const packages = [...loadedBy(join(import.meta.dirname, "options.ts"), new Set())]
		.filter((name) => !name.endsWith(".ts"))
		.sort();
	expect(packages).toEqual(["@fl-sim/core", "zod"]);
});

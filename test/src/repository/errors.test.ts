import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCodes } from "@fl-sim/core";
import { expect, test } from "vitest";

const document = readFileSync(join(import.meta.dirname, "../../../docs/errors.md"), "utf8");

test("docs/errors.md explains every error code, with its exit code, and no other", () => {
	const documented = [...document.matchAll(/^\| `(\w+)` \| (\d+) \|/gm)].map(([, code, exit]) => [
		code,
		Number(exit),
	]);
	expect(Object.fromEntries(documented)).toEqual(errorCodes);
});

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");

/** Tracked and new files, as far as git does not ignore them. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
	cwd: root,
	encoding: "utf8",
})
	.trim()
	.split("\n")
	.filter((file) => existsSync(join(root, file)));
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const sources = files.filter((file) => file.endsWith(".ts"));

test("no source file has more than 400 lines", () => {
	const long = sources
		.map((file) => ({ file, lines: read(file).split("\n").length }))
		.filter(({ lines }) => lines > 400);
	expect(long).toEqual([]);
});

test("no file is called utils, helpers, misc, common or types", () => {
	expect(files.filter((file) => /(^|\/)(utils?|helpers?|misc|common|types)\.[a-z]+$/.test(file))).toEqual([]);
});

test("nothing is left to do in comments, and no check is switched off", () => {
	// The brackets keep this file from finding itself.
	const forbidden =
		/TOD[O]|FIXM[E]|@ts-(?:ignor[e]|expect-erro[r])|(?:oxlint|eslint)-disabl[e]|biome-ignor[e]|(?:\bas|:) an[y]\s*[,;)=|>]/;
	expect(sources.filter((file) => forbidden.test(read(file)))).toEqual([]);
});

test("no text names a path of the machine it was written on", () => {
	const texts = files.filter((file) => /\.(ts|md|json|ya?ml|html)$/.test(file) && file !== "pnpm-lock.yaml");
	const machinePath = /\/wor[k]\/|\/roo[t]\/|\/hom[e]\/[a-z]/;
	expect(texts.filter((file) => machinePath.test(read(file)))).toEqual([]);
});

test("every relative link in the documents leads to a file", () => {
	const broken: string[] = [];
	for (const file of files.filter((name) => name.endsWith(".md"))) {
		for (const [, target] of read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)) {
			if (!existsSync(join(root, file, "..", target as string))) broken.push(`${file} -> ${target}`);
		}
	}
	expect(broken).toEqual([]);
});

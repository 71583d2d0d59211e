import { homedir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataSources } from "../sources.ts";
import { type NamedDataset, namedDatasets } from "./catalogue.ts";
import { datasetFolder } from "./dataset-folder.ts";

const datasets: readonly NamedDataset[] = namedDatasets;

test("every data set with a name has a source of that name", () => {
	for (const { name } of datasets) expect(dataSources.map((source) => source.name)).toContain(name);
});

test("every file has addresses that end in its name, a checksum and a size", () => {
	for (const { provision } of datasets) {
		const files =
			provision.kind === "files" ? provision.files : provision.kind === "archive" ? [provision.archive] : [];
		for (const { name, urls, md5, size } of files) {
			expect(urls.length).toBeGreaterThan(0);
			for (const url of urls) expect(new URL(url).pathname.endsWith(`/${name}`)).toBe(true);
			expect(md5).toMatch(/^[0-9a-f]{32}$/);
			expect(size).toBeGreaterThan(1000);
		}
	}
});

test("what is downloaded is what is looked for", () => {
	for (const { files, provision } of datasets) {
		if (provision.kind !== "files") continue;
		expect(provision.files.map(({ name }) => name.replace(/\.gz$/, ""))).toEqual([...files]);
	}
});

test("data sets are kept in the folder that the environment names, or in the cache", () => {
	expect(datasetFolder("mnist", { FL_SIM_DATA: "/data", XDG_CACHE_HOME: "/cache" })).toBe("/data/mnist");
	expect(datasetFolder("mnist", { FL_SIM_DATA: "", XDG_CACHE_HOME: "/cache" })).toBe("/cache/fl-sim/mnist");
	expect(datasetFolder("mnist", {})).toBe(join(homedir(), ".cache/fl-sim/mnist"));
});

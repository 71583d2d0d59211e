import { FlSimError } from "@fl-sim/core";
import { z } from "zod";
import { cifar10 } from "./file-sources/cifar10.ts";
import { cifar100 } from "./file-sources/cifar100.ts";
import { csv } from "./file-sources/csv.ts";
import { fashionMnist } from "./file-sources/fashion-mnist.ts";
import { femnist } from "./file-sources/femnist.ts";
import { idx } from "./file-sources/idx.ts";
import { imageFolder } from "./file-sources/image-folder.ts";
import { leaf } from "./file-sources/leaf.ts";
import { mnist } from "./file-sources/mnist.ts";
import { npz } from "./file-sources/npz.ts";
import { parquet } from "./file-sources/parquet.ts";
import { shakespeare } from "./file-sources/shakespeare.ts";
import { text } from "./file-sources/text.ts";
import { dialects } from "./generators/dialects/dialects.ts";
import { glyphs } from "./generators/glyphs/glyphs.ts";
import { shapes } from "./generators/shapes/shapes.ts";
import { synthetic } from "./generators/synthetic/synthetic.ts";
import type { DataSource } from "./source.ts";

/** Every data source; a new one is a line here. */
const sources = [
	mnist,
	fashionMnist,
	cifar10,
	cifar100,
	femnist,
	shakespeare,
	idx,
	npz,
	csv,
	parquet,
	imageFolder,
	leaf,
	text,
	glyphs,
	shapes,
	dialects,
	synthetic,
] as const;

type SchemasOf<Sources extends readonly DataSource[]> = {
	-readonly [Position in keyof Sources]: Sources[Position]["options"];
};

export const dataSources: readonly DataSource[] = sources;

/** The scenario's `dataset`: the options of one source, chosen by `name`. */
export const datasetOptions = z.discriminatedUnion(
	"name",
	sources.map((source) => source.options) as SchemasOf<typeof sources>,
);

export type DatasetOptions = z.output<typeof datasetOptions>;

/** The source of that name. Throws `FlSimError` FL_SCENARIO_INVALID for an unknown one. */
export function dataSourceNamed(name: string): DataSource {
	const found = dataSources.find((source) => source.name === name);
	if (found !== undefined) return found;
	const known = dataSources.map((source) => source.name).join(", ");
	throw new FlSimError("FL_SCENARIO_INVALID", `Unknown data set "${name}"; known: ${known}`, {
		fix: "Use one of the known names in `dataset.name`.",
	});
}

/** Options of the source of that name that are the path of a file or folder. Throws as `dataSourceNamed`. */
export function pathOptionsOf(name: string): readonly string[] {
	if (name === "idx") return ["features", "labels", "testFeatures", "testLabels"];
	const { shape } = dataSourceNamed(name).options;
	return ["path", "testPath"].filter((option) => option in shape);
}

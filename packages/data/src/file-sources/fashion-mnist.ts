import { z } from "zod";
import { namedDataset } from "../download/catalogue.ts";
import type { DataSource } from "../source.ts";
import { loadIdxImages } from "./idx-images.ts";
import { folderPath, limits, normalize } from "./loading-options.ts";

const options = z
	.strictObject({ name: z.literal("fashion-mnist"), path: folderPath, ...limits, normalize })
	.describe("Fashion-MNIST from its four IDX files");

const classNames = [
	"T-shirt/top",
	"trouser",
	"pullover",
	"dress",
	"coat",
	"sandal",
	"shirt",
	"sneaker",
	"bag",
	"ankle boot",
];

/** Xiao, Rasul and Vollgraf, 2017. */
export const fashionMnist: DataSource<typeof options> = {
	name: "fashion-mnist",
	title: namedDataset("fashion-mnist").title,
	options,
	load: (chosen, context) => loadIdxImages({ name: "fashion-mnist", classNames }, chosen, context),
};

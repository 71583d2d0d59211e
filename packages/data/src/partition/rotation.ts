import { z } from "zod";
import { rotationFields } from "../federated/feature-skew.ts";
import { divideEvenly } from "./iid.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({ name: z.literal("rotation"), ...rotationFields, ...partitionFields });

/** Groups of clients that see the images turned by different angles, as in IFCA (Ghosh et al. 2020); IID labels. */
export const rotation: Partitioner<typeof options> = {
	name: "rotation",
	title: "Rotation: IID labels, groups of clients see the images turned",
	options,
	divide: ({ labels, numClients, random }) => divideEvenly(labels.length, numClients, random),
	featureSkew: ({ degrees, groups }) => ({ name: "rotation", degrees, groups }),
};

import { z } from "zod";
import { noiseFields } from "../federated/feature-skew.ts";
import { divideEvenly } from "./iid.ts";
import { type Partitioner, partitionFields } from "./partitioner.ts";

const options = z.strictObject({ name: z.literal("noise"), ...noiseFields, ...partitionFields });

/** Feature skew of NIID-Bench (Li et al. 2022): IID labels, the more noise the higher the client's number. */
export const noise: Partitioner<typeof options> = {
	name: "noise",
	title: "Noise: IID labels, features with a noise level of their own at each client",
	options,
	divide: ({ labels, numClients, random }) => divideEvenly(labels.length, numClients, random),
	featureSkew: ({ level }) => ({ name: "noise", level }),
};

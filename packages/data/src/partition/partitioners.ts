import { FlSimError } from "@fl-sim/core";
import { z } from "zod";
import { classesPerClient } from "./classes-per-client.ts";
import { dirichlet } from "./dirichlet.ts";
import { dirichletPerClient } from "./dirichlet-per-client.ts";
import { domains } from "./domains.ts";
import { iid } from "./iid.ts";
import { labelDrift } from "./label-drift.ts";
import { longTail } from "./long-tail.ts";
import { natural } from "./natural.ts";
import { noise } from "./noise.ts";
import type { Partitioner } from "./partitioner.ts";
import { quantity } from "./quantity.ts";
import { rotation } from "./rotation.ts";
import { shards } from "./shards.ts";

/** Every partitioner; a new one is a line here. */
const all = [
	iid,
	dirichlet,
	dirichletPerClient,
	shards,
	classesPerClient,
	quantity,
	noise,
	rotation,
	natural,
	domains,
	longTail,
	labelDrift,
] as const;

type SchemasOf<Partitioners extends readonly Partitioner[]> = {
	-readonly [Position in keyof Partitioners]: Partitioners[Position]["options"];
};

export const partitioners: readonly Partitioner[] = all;

/** The scenario's `partition`: the options of one partitioner, chosen by `name`. */
export const partitionOptions = z.discriminatedUnion(
	"name",
	all.map((partitioner) => partitioner.options) as SchemasOf<typeof all>,
);

export type PartitionSettings = z.output<typeof partitionOptions>;

/** The partitioner of that name. Throws `FlSimError` FL_SCENARIO_INVALID for an unknown one. */
export function partitionerNamed(name: string): Partitioner {
	const found = partitioners.find((partitioner) => partitioner.name === name);
	if (found !== undefined) return found;
	const known = partitioners.map((partitioner) => partitioner.name).join(", ");
	throw new FlSimError("FL_SCENARIO_INVALID", `Unknown partition "${name}"; known: ${known}`, {
		fix: "Use one of the known names in `partition.name`.",
	});
}

import type { AnyAlgorithm } from "@fl-sim/core";
import { z } from "zod";
import { apfl, apflOptions } from "./apfl/apfl.ts";
import { ditto, dittoOptions } from "./ditto/ditto.ts";
import { fedavg, fedavgOptions } from "./fedavg/fedavg.ts";
import { fedavgFt, fedavgFtOptions } from "./fedavg-ft/fedavg-ft.ts";
import { fedbn, fedbnOptions } from "./fedbn/fedbn.ts";
import { fedcac, fedcacOptions } from "./fedcac/fedcac.ts";
import { feddyn, feddynOptions } from "./feddyn/feddyn.ts";
import { fednova, fednovaOptions } from "./fednova/fednova.ts";
import { fedper, fedperOptions } from "./fedper/fedper.ts";
import { fedprox, fedproxOptions } from "./fedprox/fedprox.ts";
import { fedrep, fedrepOptions } from "./fedrep/fedrep.ts";
import { lgFedavg, lgFedavgOptions } from "./lg-fedavg/lg-fedavg.ts";
import { local, localOptions } from "./local/local.ts";
import { perFedavg, perFedavgOptions } from "./per-fedavg/per-fedavg.ts";
import { pfedme, pfedmeOptions } from "./pfedme/pfedme.ts";
import { scaffold, scaffoldOptions } from "./scaffold/scaffold.ts";
import { signsgd, signsgdOptions } from "./signsgd/signsgd.ts";

/** Every built-in method by the name that a scenario uses. */
export const algorithms: Readonly<Record<string, AnyAlgorithm>> = {
	fedavg,
	fedprox,
	fednova,
	scaffold,
	feddyn,
	signsgd,
	local,
	"fedavg-ft": fedavgFt,
	fedper,
	fedcac,
	fedrep,
	"lg-fedavg": lgFedavg,
	fedbn,
	ditto,
	pfedme,
	apfl,
	"per-fedavg": perFedavg,
};

/** The scenario's `algorithm` section. */
export const algorithmOptions = z.discriminatedUnion("name", [
	fedavgOptions,
	fedproxOptions,
	fednovaOptions,
	scaffoldOptions,
	feddynOptions,
	signsgdOptions,
	localOptions,
	fedavgFtOptions,
	fedperOptions,
	fedcacOptions,
	fedrepOptions,
	lgFedavgOptions,
	fedbnOptions,
	dittoOptions,
	pfedmeOptions,
	apflOptions,
	perFedavgOptions,
]);

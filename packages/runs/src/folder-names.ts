import { readdirSync } from "node:fs";
import { FlSimError } from "@fl-sim/core";
import { codeOf, reasonOf } from "./system-error.ts";

/** Names in a folder; none when it does not exist. @throws FL_RUN_FOLDER when it cannot be listed. */
export function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch (cause) {
		if (codeOf(cause) === "ENOENT") return [];
		throw new FlSimError("FL_RUN_FOLDER", `${folder}: cannot be listed: ${reasonOf(cause)}`, {
			fix: "Name a folder that can be read.",
			details: { folder },
			cause,
		});
	}
}

import manifest from "../package.json" with { type: "json" };

/** Version of fl-sim. */
export const version: string = manifest.version;

/** Fields of a resolved scenario by their dotted path, sorted: lists and plain values are whole. */
export type FlatSettings = ReadonlyMap<string, string>;

/** What a run is called and where it is written says nothing about its result. */
const outside = ["name", "description", "output"];

/** The settings that decide a run's result, values as JSON. */
export function flatSettings(scenario: Readonly<Record<string, unknown>>): FlatSettings {
	const inside = Object.entries(scenario).filter(([field]) => !outside.includes(field));
	return new Map(inside.flatMap(([field, value]) => leavesOf(field, value)).sort(byPath));
}

/** Equal for equal settings. */
export function keyOf(settings: FlatSettings): string {
	return JSON.stringify([...settings]);
}

export function withoutSeed(settings: FlatSettings): FlatSettings {
	return new Map([...settings].filter(([path]) => path !== "seed"));
}

/** Paths whose values are not the same in all settings, in order; a field that one lacks differs. */
export function differingPaths(all: readonly FlatSettings[]): readonly string[] {
	const paths = new Set(all.flatMap((settings) => [...settings.keys()]));
	return [...paths].filter((path) => new Set(all.map((settings) => settings.get(path))).size > 1).sort();
}

/** The shortest end of each path that no other path has: `localEpochs` of `clients.localEpochs`. */
export function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
	return new Map(
		paths.map((path) => {
			const steps = path.split(".");
			const ends = steps.map((_, index) => steps.slice(-index - 1).join("."));
			const isOwn = (end: string) =>
				paths.every((other) => other === path || !`.${other}`.endsWith(`.${end}`));
			return [path, ends.find(isOwn) ?? path];
		}),
	);
}

function leavesOf(path: string, value: unknown): readonly (readonly [string, string])[] {
	if (value === undefined) return [];
	if (typeof value !== "object" || value === null || Array.isArray(value)) {
		return [[path, JSON.stringify(value)]];
	}
	return Object.entries(value).flatMap(([field, inner]) => leavesOf(`${path}.${field}`, inner));
}

function byPath([a]: readonly [string, string], [b]: readonly [string, string]): number {
	return a < b ? -1 : 1;
}

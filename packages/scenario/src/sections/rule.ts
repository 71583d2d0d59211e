/**
 * For rules between fields: they are checked even if other fields are wrong, so that all mistakes show at once.
 * What they see may have any type.
 */
export const besideOtherIssues = { when: () => true };

export function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function has(section: unknown, field: string): boolean {
	return isSection(section) && section[field] !== undefined;
}

/** The value at a path; undefined where nothing is. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
	return path.reduce((inner, field) => (isSection(inner) ? inner[field] : undefined), value);
}

/** Whether both are numbers and the first is larger. */
export function exceeds(value: unknown, limit: unknown): boolean {
	return typeof value === "number" && typeof limit === "number" && value > limit;
}

/** Throws RangeError unless the flag's value is a whole number of at least `least`. */
export function wholeNumber(flag: string, text: string, least: number): number {
	const value = Number(text);
	if (Number.isInteger(value) && value >= least) return value;
	throw new RangeError(`--${flag}: found ${text}, expected a whole number, at least ${least}`);
}

/** The items that a repeated flag names, all without it. Throws RangeError for a name that no item has. */
export function chosenItems<Item>(
	flag: string,
	names: readonly string[] | undefined,
	items: readonly Item[],
	nameOf: (item: Item) => string,
): readonly Item[] {
	if (names === undefined) return items;
	const all = items.map(nameOf);
	const unknown = names.find((name) => !all.includes(name));
	if (unknown === undefined) return items.filter((item) => names.includes(nameOf(item)));
	throw new RangeError(`--${flag}: found ${unknown}, expected one of ${all.join(", ")}`);
}

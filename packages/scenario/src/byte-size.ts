const unitBytes: Readonly<Record<string, number>> = {
	B: 1,
	kB: 1e3,
	KB: 1e3,
	MB: 1e6,
	GB: 1e9,
	TB: 1e12,
	KiB: 2 ** 10,
	MiB: 2 ** 20,
	GiB: 2 ** 30,
	TiB: 2 ** 40,
};

/** A number and a unit: `100MB`, `1.5 GiB`. */
export const byteSizePattern = new RegExp(`^[0-9]+(?:\\.[0-9]+)? ?(?:${Object.keys(unitBytes).join("|")})$`);

/** Bytes of a text that matches `byteSizePattern`, rounded. */
export function parseByteSize(text: string): number {
	const [, amount = "", unit = ""] = /^([0-9.]+) ?([A-Za-z]+)$/.exec(text) ?? [];
	return Math.round(Number(amount) * (unitBytes[unit] ?? Number.NaN));
}

/** Bytes in decimal units with up to three digits: `831 B`, `1.66 MB`. */
export function formatByteSize(bytes: number): string {
	const units = ["B", "kB", "MB", "GB", "TB"];
	const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
	return `${Number((bytes / 1000 ** power).toPrecision(3))} ${units[power]}`;
}

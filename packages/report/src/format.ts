/** What is shown for a number that does not exist. */
const missing = "–";

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

/** Three significant digits, with no exponent. */
function threeDigits(value: number): string {
	const magnitude = Math.abs(value);
	return value.toFixed(magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : 2);
}

/** Bytes in decimal units: `512 B`, `12.3 MB`. */
export function formatBytes(bytes: number): string {
	if (!Number.isFinite(bytes)) return missing;
	let unit = 0;
	let value = bytes;
	while (Math.abs(value) >= 999.5 && unit < byteUnits.length - 1) {
		value /= 1000;
		unit += 1;
	}
	return unit === 0 ? `${Math.round(value)} B` : `${threeDigits(value)} ${byteUnits[unit]}`;
}

/** Seconds in the two largest units that matter: `0.42 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
	if (!Number.isFinite(seconds)) return missing;
	if (seconds < 0) return `-${formatDuration(-seconds)}`;
	if (seconds < 59.95) return `${seconds === 0 ? "0" : threeDigits(seconds)} s`;
	const whole = Math.round(seconds);
	const parts = [
		[Math.floor(whole / 86_400), "d"],
		[Math.floor(whole / 3600) % 24, "h"],
		[Math.floor(whole / 60) % 60, "min"],
		[whole % 60, "s"],
	] as const;
	const first = parts.findIndex(([amount]) => amount > 0);
	return parts
		.slice(first, first + 2)
		.filter(([amount]) => amount > 0)
		.map(([amount, unit]) => `${amount} ${unit}`)
		.join(" ");
}

/** A formatted number without the zeros after its point: `2.00 MB` is `2 MB`, as axes want it. */
export function trimZeros(text: string): string {
	return text.replace(/(\.\d*?)0+(?!\d)/, "$1").replace(/\.(?!\d)/, "");
}

/** A fraction as a percentage: `0.8725` is `87.3%`. */
export function formatPercent(fraction: number, digits = 1): string {
	return Number.isFinite(fraction) ? `${(fraction * 100).toFixed(digits)}%` : missing;
}

/** A real number with four significant digits; an exponent only where digits would be many. */
export function formatNumber(value: number): string {
	if (!Number.isFinite(value)) return missing;
	if (value === 0) return "0";
	const magnitude = Math.abs(value);
	if (magnitude < 1e-4 || magnitude >= 1e7) return value.toExponential(2);
	return magnitude >= 1000 ? formatCount(value) : value.toPrecision(4);
}

/** A whole number with separators: `61,706`. */
export function formatCount(value: number): string {
	return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : missing;
}

/** A count with its noun in the right number: `1 client`, `2 clients`. */
export function formatAmount(count: number, noun: string, plural = `${noun}s`): string {
	return `${formatCount(count)} ${count === 1 ? noun : plural}`;
}

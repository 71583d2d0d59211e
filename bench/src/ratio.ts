import { median } from "./median.ts";

/**
 * Two table cells: the ratio of the medians, and the range of the ratios of measurements that were made one after the
 * other.
 */
export function ratioCells(times: readonly number[], references: readonly number[]): [string, string] {
	const ratios = times.map((time, index) => time / (references[index] ?? Number.NaN));
	return [
		(median(times) / median(references)).toFixed(2),
		`${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
	];
}

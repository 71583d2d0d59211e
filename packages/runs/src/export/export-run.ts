export const exportFormats = ["tensorboard", "csv", "parquet"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/**
 * Writes a run's metrics in another format: below `to`, or in `export/` of the run folder.
 *
 * @returns the path of the file written.
 * @throws FL_RUN_WRITE
 */
export function exportRun(
	folder: string,
	options: { readonly format: ExportFormat; readonly to?: string | undefined },
): Promise<string> {
	return Promise.reject(new Error(`${folder}${options.format}`));
}

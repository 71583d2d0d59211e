export {
	type Checkpoint,
	type ReadCheckpoint,
	readLatestCheckpoint,
	writeCheckpoint,
} from "./checkpoints.ts";
export {
	accuracyHistogram,
	type ClientStatistics,
	clientStatistics,
	histogramBins,
} from "./client-statistics.ts";
export { writeFileDurably } from "./durable-file.ts";
export { type ExportFormat, exportFormats, exportRun } from "./export/export-run.ts";
export { type FolderLock, lockFolder, lockName, withFolderLock } from "./folder-lock.ts";
export { listRuns, type RunSummary } from "./list-runs.ts";
export {
	type BackendRecord,
	type MachineRecord,
	type Manifest,
	type ManifestChange,
	type NewManifest,
	type RunStatus,
	readManifest,
	updateManifest,
} from "./manifest.ts";
export { writePartition } from "./partition-file.ts";
export { type EventOf, type RunRecord, readRun, readScenario } from "./read-run.ts";
export { createRunRecorder, type RunRecorder } from "./recorder.ts";
export { resolveRun } from "./resolve-run.ts";
export type { RoundMetrics } from "./round-metrics.ts";
export { runFile, runFiles } from "./run-files.ts";
export { createRunFolder, type NewRun, openRunFolder, type RunFolder } from "./run-folder.ts";
export { createRunLogger, type RunLog } from "./run-log.ts";
export { truncateToRound } from "./truncate.ts";
export { type FinalWeights, sha256OfWeights, tensorsOfWeights, writeWeights } from "./weights.ts";

export { type Comparison, compareRuns } from "./compare-runs.ts";
export { type ComparedRun, readComparedRuns } from "./compared-run.ts";
export { comparisonPage, type PageTexts } from "./comparison-page.ts";
export { comparisonText } from "./comparison-tables.ts";
export { type ComparisonOptions, playComparison, type RunOutcome } from "./play-comparison.ts";
export { demandEqualData } from "./run-groups.ts";

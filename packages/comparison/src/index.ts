export { type Comparison, compareRuns } from "./compare-runs.ts";
export { type ComparedRun, readComparedRuns } from "./compared-run.ts";
export { comparisonText } from "./comparison-tables.ts";
export { demandEqualData } from "./run-groups.ts";

export { type CanonicalFold, canonicalFold } from "./canonical-fold.ts";
export {
	type ClientHost,
	type ClientHostSettings,
	createClientHost,
	type RoundTraining,
} from "./client-host.ts";
export { type EvaluationSettings, isClientEvaluationDue, runEvaluationJob } from "./evaluation.ts";
export { initialParams } from "./initial-params.ts";
export type {
	ClientStates,
	EvaluationJob,
	Evaluator,
	Link,
	LostClient,
	Serve,
	TaskReply,
	TaskRequest,
} from "./link.ts";
export { type Approach, drawCohort, drawnParticipation, type Participation } from "./participation.ts";
export type { RunTotals } from "./round-tally.ts";
export { type RunOutcome, type RunPlan, type RunPorts, type RunSnapshot, runRounds } from "./run-rounds.ts";
export { type ClientFate, createSystemModel, type SystemModel, type SystemSettings } from "./system-model.ts";

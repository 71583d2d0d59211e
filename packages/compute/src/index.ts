export {
	allBackends,
	type Backend,
	type BackendChoice,
	type BackendName,
	backendLadder,
	chooseBackend,
	openBackend,
} from "./backend/open-backend.ts";
export { type ComputeModel, createModel } from "./model/create-model.ts";
export { type SpeedCheck, timeTraining } from "./model/speed-check.ts";

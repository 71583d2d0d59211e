export { type Backend, type BackendName, openBackend } from "./backend/open-backend.ts";
export { createModel } from "./model/create-model.ts";

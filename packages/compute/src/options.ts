// The door for packages that need shapes and options but no arithmetic: nothing here loads TensorFlow.js.
export { describeModel, type ModelDescription } from "./models/describe-model.ts";
export { type ModelOptions, modelOptions } from "./models/registry.ts";

/** What a scenario may ask for; `auto` takes the first of the next four that works. */
export const backendNames = ["auto", "onnxruntime", "wasm", "tensorflow", "cpu", "tensorflow-gpu"] as const;

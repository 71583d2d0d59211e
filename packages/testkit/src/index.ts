export { type BlobSettings, blobDataset, smallBlobs } from "./blob-dataset.ts";
export { type LayeredSizes, layeredModel } from "./layered-model.ts";
export { addDelta, type PlayedRun, type PlaySettings, playRun } from "./play-run.ts";
export { layeredBlobs, type PlayProblem } from "./problems.ts";
export { type QuadraticClient, type QuadraticProblem, quadraticProblem } from "./quadratic-problem.ts";
export { sampleEvents } from "./sample-events.ts";
export { softmaxModel } from "./softmax-model.ts";

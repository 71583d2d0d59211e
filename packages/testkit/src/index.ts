export { type BlobSettings, blobDataset, smallBlobs } from "./blob-dataset.ts";
export { addDelta, type PlayedRun, type PlaySettings, playRun } from "./play-run.ts";
export { type QuadraticClient, type QuadraticProblem, quadraticProblem } from "./quadratic-problem.ts";
export { sampleEvents } from "./sample-events.ts";
export { softmaxModel } from "./softmax-model.ts";

export type { Arguments, CliCommand, CommandEntry } from "./command.ts";
export { listenForInterrupts } from "./interrupts.ts";
export { printError } from "./print-error.ts";
export { runArgument, runFolderOf } from "./run-argument.ts";
export { setOption, settingsOf } from "./set-option.ts";

import type { Player } from "@fl-sim/command-line/play";

/** This program, as the player of runs. */
export const flSim: Player = {
	program: "fl-sim",
	resumeCommand: (folder) => `fl-sim resume ${folder}`,
};

import { repeatScripts, type Script } from "@fl-sim/testkit/fuzz";
import { Attacker, type AttackSettings } from "./attacker.ts";
import { Coverage } from "./coverage.ts";
import { openWorld } from "./finding.ts";

export interface GuidedCorpus {
	/** What reached code that nothing before it had. */
	readonly corpus: readonly Script[];
	readonly mutants: number;
	/** Functions that were reached, and the share of their characters that was. */
	readonly functions: number;
	readonly share: number;
	readonly findings: readonly string[];
}

/** Changes frames, and keeps what reaches new code to change it further. Slow: code that is watched is not optimized. */
export async function gatherCorpus(settings: AttackSettings): Promise<GuidedCorpus> {
	const attacker = new Attacker(settings);
	const coverage = new Coverage();
	await coverage.start();
	const corpus: Script[] = [];
	while (attacker.sent.mutants < settings.mutants && !attacker.isDone) {
		const before = coverage.snapshot();
		await attacker.attack("mutants", corpus);
		if (await coverage.take()) {
			// Once more, one by one, to see which of them it was.
			await coverage.restore(before);
			const world = openWorld(settings.side, attacker.world);
			const ended = async (script: number): Promise<void> => {
				if (await coverage.take()) corpus.push(attacker.scripts[script] as Script);
			};
			await repeatScripts(world, attacker.scripts, { ended }).catch(() => undefined);
			await world.close();
		}
	}
	const { findings, sent } = attacker;
	return { corpus, mutants: sent.mutants, ...coverage.summary, findings };
}

import { chunkKind, contentOf, controlFrameOf, controlKind, frameOf, kindOf } from "./frame-bytes.ts";
import type { FrameDraw } from "./grammar-frames.ts";
import { messageOfGrammar } from "./message-grammar.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { mutateJson } from "./mutate-json.ts";
import { chance } from "./odd-values.ts";

/**
 * A changed copy of a frame: its JSON, its content with the checksum made right again, or any of its bytes. `other` is
 * a source of parts.
 */
export function mutateFrame(
	frame: Uint8Array,
	other: Uint8Array,
	{ random, grammar }: FrameDraw,
): Uint8Array {
	const choice = random.integer(12);
	if (choice > 9) return controlFrameOf(messageOfGrammar(grammar, random, 0));
	if (choice < 2 || frame.length < 12) return mutateBytes(frame, random, other);
	const kind = kindOf(frame);
	if (kind === controlKind && choice < 7) {
		const text = Buffer.from(contentOf(frame)).toString("utf8");
		return controlFrameOf(mutateJson(text, random));
	}
	if (choice === 7) return controlFrameOf(mutateJson(messageOfGrammar(grammar, random, 0), random));
	const content = mutateBytes(contentOf(frame), random, contentOf(other));
	return frameOf(chance(random, 0.95) ? kind : controlKind + chunkKind - kind, content);
}

/**
 * The first key that an object in `json` names twice, which `JSON.parse` hides. `json` must be valid JSON. Not a
 * regular expression: those run out of stack on strings of many megabytes.
 */
export function firstDuplicateKey(json: string): string | undefined {
	/** Keys of the objects around the current place; null stands for an array. */
	const open: (Set<string> | null)[] = [];
	let expectsKey = false;
	for (let at = 0; at < json.length; at++) {
		const character = json[at];
		if (character === '"') {
			const end = endOfString(json, at);
			const keys = open.at(-1);
			if (expectsKey && keys) {
				const key = String(JSON.parse(json.slice(at, end)));
				if (keys.has(key)) return key;
				keys.add(key);
				expectsKey = false;
			}
			at = end - 1;
		} else if (character === "{") {
			open.push(new Set());
			expectsKey = true;
		} else if (character === "[") {
			open.push(null);
			expectsKey = false;
		} else if (character === "}" || character === "]") {
			open.pop();
		} else if (character === ",") {
			expectsKey = open.at(-1) !== null;
		}
	}
	return undefined;
}

/** The place behind the string that starts at `start`. */
function endOfString(json: string, start: number): number {
	let at = start + 1;
	while (json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
	return at + 1;
}

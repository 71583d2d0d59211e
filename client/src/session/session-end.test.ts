import { expect, test } from "vitest";
import { fatalClosing } from "./session-end.ts";

const said = "no\u001b[2J\nFix: run this";
const shown = "no\\u001b[2J\\u000aFix: run this";

test("what a server says at the end is one line that no terminal obeys", () => {
	const closing = { code: 1008, reason: said };
	expect(fatalClosing(closing, undefined)?.message).toBe(`the server refused this client: ${shown}`);
	const error = { type: "error", code: "FL_SESSION_REFUSED", message: said, fix: said } as const;
	expect(fatalClosing(closing, error)).toMatchObject({ message: shown, fix: shown });
});

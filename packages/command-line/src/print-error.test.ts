import { FlSimError } from "@fl-sim/core";
import { expect, test, vi } from "vitest";
import { printError } from "./print-error.ts";

function printed(thrown: unknown): string {
	vi.stubEnv("NO_COLOR", "1");
	vi.stubEnv("FORCE_COLOR", undefined);
	const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
	try {
		printError(thrown, "fl-test");
		return write.mock.calls.map(([text]) => String(text)).join("");
	} finally {
		write.mockRestore();
		vi.unstubAllEnvs();
	}
}

test("an error is printed with its code, its lines and its fix", () => {
	const error = new FlSimError("FL_USAGE", "one\n\ttwo", { fix: "Do three." });
	expect(printed(error)).toBe("error[FL_USAGE]: one\n\ttwo\n\nFix: Do three.\n");
});

test("what a file or a peer said is shown, not obeyed by the terminal", () => {
	const hostile = "\u001b[2J\u009b31m\r\u202e";
	for (const error of [
		new FlSimError("FL_SESSION_REFUSED", hostile, { fix: hostile }),
		new FlSimError("FL_CLIENT_FAILED", "x", { cause: new Error(hostile) }),
		new Error(hostile),
		hostile,
	]) {
		const text = printed(error);
		expect(text).toContain("\\u001b[2J\\u009b31m\\u000d\\u202e");
		expect(text).toMatch(/^[\n -~]+$/);
	}
});

import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./test/closing-line-reporter.ts";

export default defineConfig({
	test: {
		include: ["{packages/*,server,client}/src/**/*.test.ts", "test/src/**/*.test.ts"],
		reporters: ["default", new ClosingLineReporter()],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// What a test waits for comes when it comes: a server of its own takes a while to start on a busy machine.
		expect: { poll: { timeout: 30_000 } },
		maxWorkers: 2,
	},
});

import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./test/closing-line-reporter.ts";

export default defineConfig({
	test: {
		include: ["{packages/*,server,client}/src/**/*.test.ts", "test/src/**/*.test.ts"],
		reporters: ["default", new ClosingLineReporter()],
		testTimeout: 60_000,
		hookTimeout: 60_000,
		maxWorkers: 2,
	},
});

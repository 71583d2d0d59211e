import type { Reporter, TestModule } from "vitest/node";

/** Ends a test run with one plain line: how many tests passed, failed and were skipped. */
export class ClosingLineReporter implements Reporter {
	onTestRunEnd(modules: readonly TestModule[]): void {
		const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
		for (const module of modules) {
			const tests = [...module.children.allTests()];
			for (const test of tests) counts[test.result().state] += 1;
			if (tests.length === 0 || module.errors().length > 0) counts.failed += 1; // a file that did not load
		}
		const skipped = counts.skipped === 0 ? "" : `, ${counts.skipped} skipped`;
		process.stdout.write(`\n${counts.passed} passed, ${counts.failed} failed${skipped}\n`);
	}
}

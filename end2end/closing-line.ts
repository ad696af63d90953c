import type { FullResult, Reporter, Suite } from "@playwright/test/reporter";

/** Ends a run with one plain line that people and machines read alike: `12 passed, 0 failed`. */
export default class ClosingLine implements Reporter {
  private suite: Suite | undefined;

  onBegin(_config: unknown, suite: Suite) {
    this.suite = suite;
  }

  onEnd(_result: FullResult) {
    const outcomes = (this.suite?.allTests() ?? []).map((test) =>
      test.results.length === 0 || test.outcome() === "skipped" ? "skipped" : test.ok() ? "passed" : "failed",
    );
    const count = (wanted: string) => outcomes.filter((outcome) => outcome === wanted).length;
    const skipped = count("skipped");
    const ending = skipped > 0 ? `, ${skipped} skipped` : "";
    console.log(`\n${count("passed")} passed, ${count("failed")} failed${ending}`);
  }
}

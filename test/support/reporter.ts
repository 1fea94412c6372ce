import fs from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import { projectRoot } from "../../cli/project";

/** What the runner reads back. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** One line per file of tests, the failures in full at the end, and the counts in the file that `summary` names. */
class FileReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const files = new Map<string, { passed: number; failed: number; skipped: number; milliseconds: number }>();
    let current: string | undefined;

    const print = (): void => {
      const result = current === undefined ? undefined : files.get(current);
      if (!result) return;
      const { passed, failed, skipped, milliseconds } = result;
      const counts = [`${passed} passed`, failed > 0 && `${failed} FAILED`, skipped > 0 && `${skipped} skipped`];
      const seconds = (milliseconds / 1000).toFixed(1);
      process.stdout.write(
        `${failed > 0 ? "FAIL" : " ok "} ${current}  ${counts.filter(Boolean).join(", ")}  ${seconds} s\n`,
      );
    };
    const count = (test: Mocha.Test | Mocha.Hook, outcome: "passed" | "failed" | "skipped"): void => {
      const file = sourceOf(test);
      // Files arrive one after the other, in parallel runs too.
      if (file !== current) {
        print();
        current = file;
      }
      const result = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, milliseconds: 0 };
      result[outcome]++;
      result.milliseconds += test.duration ?? 0;
      files.set(file, result);
    };

    runner.on("pass", (test) => count(test, "passed"));
    runner.on("fail", (test) => count(test, "failed"));
    runner.on("pending", (test) => count(test, "skipped"));
    runner.once("end", () => {
      print();
      this.epilogue();
      const total: Counts = [...files.values()].reduce<Counts>(
        (sum, one) => ({
          passed: sum.passed + one.passed,
          failed: sum.failed + one.failed,
          skipped: sum.skipped + one.skipped,
        }),
        { passed: 0, failed: 0, skipped: 0 },
      );
      const { summary } = (options.reporterOptions ?? {}) as { summary?: string };
      if (summary) fs.writeFileSync(summary, JSON.stringify(total));
    });
  }
}

function sourceOf(test: Mocha.Test | Mocha.Hook): string {
  const file = test.file ?? test.parent?.file ?? "";
  return path.relative(path.join(projectRoot, "dist"), file).replace(/\.js$/, ".ts");
}

module.exports = FileReporter;

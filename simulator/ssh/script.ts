import { blocksOf, type Block, type Step } from "./script-blocks.js";
import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import type { RunWords } from "./timers.js";

/**
 * A script of plain commands: one a line, `;` and `&&` between them, `if`, `elif`, `else`, `!`, `exit`, comments, `set -e`,
 * a lock by `exec 9>FILE` and `flock`, `test $? -eq NUMBER`;
 * undefined for any more.
 */
export function runScript(shell: Shell, text: string, run: RunWords): Ended | undefined {
  const blocks = blocksOf(text);
  if (!blocks) return undefined;
  const going = new Run(shell, run);
  going.all(blocks);
  const { last, stdout, stderr, seconds } = going;
  return { code: last.code, stdout, stderr, seconds, ...(last.unbuilt ? { unbuilt: true } : {}) };
}

class Run {
  last: Ended = { code: 0 };
  stdout = "";
  stderr = "";
  seconds = 0;
  private strict = false;

  constructor(
    private readonly shell: Shell,
    private readonly run: RunWords,
  ) {}

  /** False when the script has ended in its midst. */
  all(blocks: readonly Block[]): boolean {
    for (const block of blocks) {
      if ("branches" in block) {
        if (!this.branch(block)) return false;
      } else if (!this.list(block.steps, false)) return false;
    }
    return true;
  }

  private branch({ branches }: Extract<Block, { branches: unknown }>): boolean {
    for (const { condition, body } of branches) {
      if (condition && !this.list(condition, true)) return false;
      if (!condition || this.last.code === 0) return this.all(body);
    }
    // No branch was taken: that is no failure.
    this.last = { code: 0 };
    return true;
  }

  private list(steps: readonly Step[], tested: boolean): boolean {
    for (const step of steps) {
      if (step.onlyAfterSuccess && this.last.code !== 0) continue;
      if (!this.step(step, tested || step.tested)) return false;
    }
    return true;
  }

  private step({ words, negated }: Step, tested: boolean): boolean {
    const line = words.join(" ");
    const mode = /^set ([-+])eu?$/.exec(line)?.[1];
    if (mode !== undefined) {
      this.strict = mode === "-";
      return true;
    }
    if (words[0] === "exit") {
      this.last = { code: Number(words[1] ?? this.last.code) };
      return false;
    }
    // The lock of a script is free: scripts are run as a whole here, one after the other.
    if (/^(?:exec 9>\S+|flock -w \d+ 9)$/.test(line)) {
      this.last = { code: negated ? 1 : 0 };
      return true;
    }
    const expected = /^test \$\? -eq (\d+)$/.exec(line)?.[1];
    const ended =
      expected === undefined
        ? this.run(this.shell, words)
        : { code: this.last.code === Number(expected) ? 0 : 1, stdout: "", stderr: "" };
    this.stdout += ended.stdout ?? "";
    this.stderr += ended.stderr ?? "";
    this.seconds += ended.seconds ?? 0;
    this.last = negated ? { ...ended, code: ended.code === 0 ? 1 : 0 } : ended;
    return ended.unbuilt !== true && (!this.strict || tested || negated || this.last.code === 0);
  }
}

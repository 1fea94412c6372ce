import type { Shell } from "./node-shell.js";
import type { Ended } from "./ssh-record.js";
import type { RunWords } from "./timers.js";
import { shellWords } from "./words.js";

/** A script of plain commands: one a line, `;` and `&&` between them, comments, `set -e`; undefined for any more. */
export function runScript(shell: Shell, text: string, run: RunWords): Ended | undefined {
  const steps = stepsOf(text);
  if (!steps) return undefined;
  let last: Ended = { code: 0 };
  let [stdout, stderr, seconds, strict] = ["", "", 0, false];
  for (const { words, onlyAfterSuccess, tested } of steps) {
    if (onlyAfterSuccess && last.code !== 0) continue;
    if (words.join(" ") === "set -e" || words.join(" ") === "set -eu") {
      strict = true;
      continue;
    }
    if (words.join(" ") === "set +e") {
      strict = false;
      continue;
    }
    last = run(shell, words);
    stdout += last.stdout ?? "";
    stderr += last.stderr ?? "";
    seconds += last.seconds ?? 0;
    if (last.unbuilt || (strict && !tested && last.code !== 0)) break;
  }
  return { code: last.code, stdout, stderr, seconds, ...(last.unbuilt ? { unbuilt: true } : {}) };
}

interface Step {
  readonly words: readonly string[];
  readonly onlyAfterSuccess: boolean;
  /** Its failure decides about the next command, and ends nothing. */
  readonly tested: boolean;
}

function stepsOf(text: string): Step[] | undefined {
  const steps: Step[] = [];
  for (const line of text.split("\n")) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    let onlyAfterSuccess = false;
    const parts = line.split(/(&&|;)/);
    for (const [at, part] of parts.entries()) {
      if (part === "&&" || part === ";") {
        onlyAfterSuccess = part === "&&";
        continue;
      }
      if (part.trim() === "") continue;
      const words = shellWords(part);
      if (!words) return undefined;
      steps.push({ words, onlyAfterSuccess, tested: parts[at + 1] === "&&" });
    }
  }
  return steps;
}

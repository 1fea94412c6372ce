import { shellWords } from "./words.js";

/** One command of a script. */
export interface Step {
  readonly words: readonly string[];
  readonly onlyAfterSuccess: boolean;
  /** Its failure decides about the next command, and ends nothing. */
  readonly tested: boolean;
  readonly negated: boolean;
}

interface Branch {
  /** Undefined: `else`. */
  readonly condition: readonly Step[] | undefined;
  readonly body: Block[];
}

export type Block = { readonly steps: readonly Step[] } | { readonly branches: Branch[] };

/** The lines of a script, an `if` with its branches as one; undefined for anything beyond plain commands. */
export function blocksOf(text: string): Block[] | undefined {
  const top: Block[] = [];
  /** Where the next line belongs, the innermost last. */
  const open: { readonly branches: Branch[]; readonly around: Block[] }[] = [];
  let here = top;
  for (const line of text.split("\n")) {
    if (/^\s*(?:#|$)/.test(line)) continue;
    const [, word, condition] = /^\s*(if|elif) (.*); then\s*$/.exec(line) ?? [];
    const inner = open.at(-1);
    if (word !== undefined && condition !== undefined) {
      const steps = stepsOf(condition);
      if (!steps) return undefined;
      const body: Block[] = [];
      if (word === "if") {
        const branches = [{ condition: steps, body }];
        here.push({ branches });
        open.push({ branches, around: here });
      } else if (!inner) return undefined;
      else inner.branches.push({ condition: steps, body });
      here = body;
    } else if (line.trim() === "else") {
      if (!inner) return undefined;
      here = [];
      inner.branches.push({ condition: undefined, body: here });
    } else if (line.trim() === "fi") {
      if (!inner) return undefined;
      here = inner.around;
      open.pop();
    } else {
      const steps = stepsOf(line);
      if (!steps) return undefined;
      here.push({ steps });
    }
  }
  return open.length === 0 ? top : undefined;
}

function stepsOf(line: string): Step[] | undefined {
  const steps: Step[] = [];
  let onlyAfterSuccess = false;
  const parts = partsOf(line);
  for (const [at, part] of parts.entries()) {
    if (part === "&&" || part === ";") {
      onlyAfterSuccess = part === "&&";
      continue;
    }
    const [, not, command = ""] = /^\s*(! )?(.*)$/s.exec(part) ?? [];
    if (command.trim() === "") continue;
    const words = special(command) ?? shellWords(command);
    if (!words || /^(?:if|elif|then|else|fi|for|while|case)$/.test(words[0] ?? "")) return undefined;
    steps.push({ words, onlyAfterSuccess, tested: parts[at + 1] === "&&", negated: not !== undefined });
  }
  return steps;
}

/** `exec 9>FILE`, the file of a lock, open as long as the script runs; `test $? -eq NUMBER`, about the command before. */
const special = (command: string): string[] | undefined =>
  /^(?:exec 9>\/[\w./-]+|test \$\? -eq \d+)$/.test(command.trim()) ? command.trim().split(" ") : undefined;

/** Split at `&&` and `;` that stand outside of quotes. */
function partsOf(line: string): string[] {
  const parts = [""];
  for (const [piece] of line.matchAll(/'[^']*'|&&|;|[^'&;]+|&/g))
    if (piece === "&&" || piece === ";") parts.push(piece, "");
    else parts.push((parts.pop() ?? "") + piece);
  return parts;
}

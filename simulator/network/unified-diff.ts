/** A line with its place in both texts; one side only for lines that were removed or added. */
interface Edit {
  kind: " " | "-" | "+";
  text: string;
}

/**
 * `diff -b -u` of two texts with three lines of context: amounts of white space do not count. Undefined when nothing
 * else differs. The headers come from the caller.
 */
export function unifiedDiff(before: string, after: string, headers: { from: string; to: string }): string | undefined {
  const edits = slide(editsBetween(linesOf(before), linesOf(after)));
  const hunks = hunksOf(edits);
  if (hunks.length === 0) return undefined;
  return `--- ${headers.from}\n+++ ${headers.to}\n${hunks.join("")}`;
}

function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

const same = (a: string | undefined, b: string | undefined) => a !== undefined && b !== undefined && key(a) === key(b);
const key = (line: string) => line.replace(/\s+/g, " ").trimEnd();

/** The shortest edit, by the longest common subsequence; removals come before additions. */
function editsBetween(a: string[], b: string[]): Edit[] {
  const lengths = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  const at = (i: number, j: number) => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const row = lengths[i] ?? new Uint32Array();
    for (let j = b.length - 1; j >= 0; j--) {
      row[j] = same(a[i], b[j]) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      edits.push({ kind: " ", text: a[i] ?? "" });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      edits.push({ kind: "-", text: a[i++] ?? "" });
    } else {
      edits.push({ kind: "+", text: b[j++] ?? "" });
    }
  }
  return edits;
}

/**
 * GNU diff moves each run of additions or removals up as far as equal lines allow, which may join it with the one
 * before, and then down as far as they allow.
 */
function slide(edits: Edit[]): Edit[] {
  const result = [...edits];
  for (let end = 0; end < result.length; end++) {
    const kind = result[end]?.kind;
    if (kind === " " || result[end + 1]?.kind === kind) continue;
    let run = { start: startOf(result, end), end };
    for (let length = 0; length !== run.end - run.start;) {
      length = run.end - run.start;
      run = slideDown(result, slideUp(result, run));
    }
    end = Math.max(end, run.end);
  }
  return result;
}

/** A run of additions or of removals, both ends included. */
interface Run {
  start: number;
  end: number;
}

function startOf(edits: readonly Edit[], end: number): number {
  let start = end;
  while (edits[start - 1]?.kind === edits[end]?.kind) start--;
  return start;
}

function endOf(edits: readonly Edit[], start: number): number {
  let end = start;
  while (edits[end + 1]?.kind === edits[start]?.kind) end++;
  return end;
}

function slideUp(edits: Edit[], { start, end }: Run): Run {
  while (edits[start - 1]?.kind === " " && same(edits[start - 1]?.text, edits[end]?.text)) {
    swapKinds(edits, start - 1, end);
    end--;
    start = startOf(edits, start - 1);
  }
  return { start, end };
}

function slideDown(edits: Edit[], { start, end }: Run): Run {
  while (edits[end + 1]?.kind === " " && same(edits[start]?.text, edits[end + 1]?.text)) {
    swapKinds(edits, start, end + 1);
    start++;
    end = endOf(edits, end + 1);
  }
  return { start, end };
}

function swapKinds(edits: Edit[], one: number, other: number): void {
  const [a, b] = [edits[one], edits[other]];
  if (!a || !b) return;
  edits[one] = { ...a, kind: b.kind };
  edits[other] = { ...b, kind: a.kind };
}

function hunksOf(edits: Edit[]): string[] {
  const context = 3;
  const changed = edits.flatMap(({ kind }, index) => (kind === " " ? [] : [index]));
  const ranges: { start: number; end: number }[] = [];
  for (const index of changed) {
    const range = ranges.at(-1);
    const start = Math.max(0, index - context);
    const end = Math.min(edits.length, index + context + 1);
    if (range && start <= range.end) range.end = end;
    else ranges.push({ start, end });
  }
  return ranges.map(({ start, end }) => {
    const lines = edits.slice(start, end);
    const side = (kind: "-" | "+", from: Edit[]) => from.filter((edit) => edit.kind !== kind).length;
    const before = edits.slice(0, start);
    const old = range(side("+", before), side("+", lines));
    const now = range(side("-", before), side("-", lines));
    return `@@ -${old} +${now} @@\n${lines.map(({ kind, text }) => `${kind}${text}\n`).join("")}`;
  });
}

function range(skipped: number, count: number): string {
  if (count === 1) return String(skipped + 1);
  return count === 0 ? `${skipped},0` : `${skipped + 1},${count}`;
}

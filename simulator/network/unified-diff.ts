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
  const edits = slideDown(editsBetween(linesOf(before), linesOf(after)));
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

/** GNU diff moves each run of additions or removals as far down as equal lines allow. */
function slideDown(edits: Edit[]): Edit[] {
  const result = [...edits];
  for (let end = result.length - 2; end >= 0; end--) {
    const kind = result[end]?.kind;
    if (kind === " " || kind === undefined || result[end + 1]?.kind !== " ") continue;
    let start = end;
    while (result[start - 1]?.kind === kind) start--;
    const neighbour = result[start - 1]?.kind;
    if (neighbour !== undefined && neighbour !== " ") continue;
    let last = end;
    while (result[last + 1]?.kind === " " && same(result[start]?.text, result[last + 1]?.text)) {
      const first = result[start];
      const next = result[last + 1];
      if (!first || !next) break;
      result[start] = { kind: " ", text: kind === "-" ? first.text : next.text };
      result[last + 1] = { kind, text: next.text };
      start++;
      last++;
    }
  }
  return result;
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

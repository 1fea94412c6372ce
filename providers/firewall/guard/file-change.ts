import { printable } from "../../../pve";

/** Which lines of a file went and came, for people. Files hold what anybody has written: nothing of it reaches a terminal raw. */
export function fileChange(before: Buffer, after: Buffer, most = 40): string {
  const [old, now] = [linesOf(before), linesOf(after)];
  const gone = without(old, now).map((line) => `-${line}`);
  const came = without(now, old).map((line) => `+${line}`);
  const all = [...gone, ...came];
  const shown = all.slice(0, most);
  if (all.length > most) shown.push(`and ${all.length - most} more lines`);
  return printable(shown.length === 0 ? "the order of its lines" : shown.join("\n"));
}

const linesOf = (content: Buffer): string[] =>
  content
    .toString("utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");

/** Those of one list that the other one has not, or has less often. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

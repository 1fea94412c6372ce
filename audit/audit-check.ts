import fs from "node:fs";
import { filesOf } from "./audit-file";
import { readLine, tornHash, type AuditLine } from "./audit-line";

/** Where a chain is broken. */
interface Break {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly what: string;
}

interface Verdict {
  readonly files: readonly string[];
  readonly lines: readonly AuditLine[];
  readonly breaks: readonly Break[];
  /** What is no break, and worth knowing. */
  readonly notes: readonly string[];
}

/** Reads all files of a trail and looks at each link of the chain. */
export function checkTrail(file: string): Verdict {
  const files = filesOf(file);
  if (files.length === 0) throw new Error(`there is no ${file}`);
  const lines: AuditLine[] = [];
  const breaks: Break[] = [];
  const notes: string[] = [];
  let last: AuditLine | undefined;
  for (const one of files) {
    const texts = fs.readFileSync(one, "latin1").split("\n");
    const rest = texts.pop();
    texts.forEach((text, index) => {
      const at = (what: string): void => void breaks.push({ file: one, line: index + 1, what });
      const read = readLine(text);
      if (!read) {
        // A crash has left a part of a line: the next one tells of it.
        const next = readLine(texts[index + 1] ?? "")?.line;
        const isNoted = next?.event === "torn" && next["sha256"] === tornHash(Buffer.from(text, "latin1"));
        if (isNoted)
          notes.push(`${one}:${index + 1}: a line was not finished, as after a crash; the next one tells of it`);
        else at("is no line of a trail");
        return;
      }
      const { line, sound } = read;
      if (!sound) at(`was changed: its hash is not that of what it says (seq ${line.seq})`);
      if (last === undefined) {
        if (line.prev !== "" || line.seq !== 1)
          notes.push(`${one} begins at seq ${line.seq}: what came before it is not there`);
      } else if (line.prev !== last.hash || line.seq !== last.seq + 1) at(broken(last, line));
      last = line;
      lines.push(line);
    });
    if (rest !== undefined && rest !== "")
      notes.push(`${one}: the last line is not finished, as after a crash; the next run tells of it`);
  }
  return { files, lines, breaks, notes };
}

function broken(last: AuditLine, line: AuditLine): string {
  if (line.seq > last.seq + 1) return `seq ${line.seq} follows ${last.seq}: lines between them are missing`;
  if (line.seq <= last.seq) return `seq ${line.seq} follows ${last.seq}: a line was put in, or lines were moved`;
  return `does not follow the line before it (seq ${last.seq} was changed or replaced)`;
}

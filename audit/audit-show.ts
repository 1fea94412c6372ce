import { printable } from "../pve/format/printable";
import type { AuditLine } from "./audit-line";

/** One operation of a trail: from its beginning to its end, if it has one. */
interface Shown {
  readonly begin: AuditLine;
  readonly end: AuditLine | undefined;
  readonly tasks: readonly string[];
}

interface Wanted {
  readonly resource?: string | undefined;
  readonly stack?: string | undefined;
  readonly failed?: boolean | undefined;
}

const textOf = (value: unknown): string =>
  printable(typeof value === "string" ? value : typeof value === "number" ? String(value) : "")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");

function operations(lines: readonly AuditLine[]): Shown[] {
  const found: { begin: AuditLine; end: AuditLine | undefined; tasks: string[] }[] = [];
  const open = new Map<unknown, (typeof found)[number]>();
  for (const line of lines) {
    const { event, operationId } = line;
    if (event === "begin") {
      const one = { begin: line, end: undefined, tasks: [] };
      found.push(one);
      open.set(operationId, one);
    } else if (event === "task") open.get(operationId)?.tasks.push(textOf(line["task"]));
    else if (event === "end") {
      const one = open.get(operationId);
      if (one) one.end = line;
    }
  }
  return found;
}

/** The operations of a trail, a line each, fit for a terminal. */
export function shown(lines: readonly AuditLine[], { resource, stack, failed = false }: Wanted = {}): string[] {
  return operations(lines)
    .filter(({ begin, end }) => {
      const named = [begin["resource"], begin["kind"], `${textOf(begin["kind"])} ${textOf(begin["resource"])}`];
      if (resource !== undefined && !named.includes(resource)) return false;
      if (stack !== undefined && begin["stack"] !== stack) return false;
      return !failed || end?.["outcome"] !== "done";
    })
    .map(({ begin, end, tasks }) => {
      const outcome = end === undefined ? "NOT FINISHED" : textOf(end["outcome"]);
      const lasted = typeof end?.["ms"] === "number" ? ` ${(end["ms"] / 1000).toFixed(1)} s` : "";
      const error = end?.["error"] === undefined ? "" : `: ${textOf(end["error"])}`;
      return [
        textOf(begin["time"]),
        `${textOf(begin["account"])}@${textOf(begin["host"])}`,
        `as ${textOf(begin["user"]) || "?"}`,
        `${textOf(begin["project"])}/${textOf(begin["stack"])}`,
        `${textOf(begin["operation"])} ${textOf(begin["kind"])} ${textOf(begin["resource"])}`,
        `${outcome}${lasted}${error}`,
        ...tasks,
      ].join("  ");
    });
}

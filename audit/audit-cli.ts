import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { printable } from "../pve/format/printable";
import { checkTrail } from "./audit-check";
import { shown } from "./audit-show";

const auditUsage = `usage: pulumi-proxmox audit verify [FILE]
       pulumi-proxmox audit show [FILE] [--resource NAME] [--stack NAME] [--failed]

FILE is what proxmox:auditFile says, or PROXMOX_AUDIT_FILE; those that were put aside (FILE.1, FILE.2, ...) belong to it.
verify ends with 1 when the chain is broken, and says where; both end with 2 when nothing can be read.`;

interface Output {
  out(text: string): void;
  error(text: string): void;
}

/** Runs `pulumi-proxmox audit …`; returns its exit code. */
export function runAudit(argv: readonly string[], env: NodeJS.ProcessEnv, { out, error }: Output): number {
  const fit = (text: string): string => printable(text).replaceAll("\n", " ");
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        resource: { type: "string" },
        stack: { type: "string" },
        failed: { type: "boolean" },
      },
    });
    const [area, command, given, ...more] = positionals;
    if (values.help) return (out(auditUsage), 0);
    const named = given ?? env["PROXMOX_AUDIT_FILE"];
    if (area !== "audit" || !["verify", "show"].includes(command ?? "") || more.length > 0 || !named)
      return (error(auditUsage), 2);
    const file = named.startsWith("~/") ? path.join(os.homedir(), named.slice(2)) : named;
    const { files, lines, breaks, notes } = checkTrail(file);
    if (command === "show") for (const line of shown(lines, values)) out(line);
    for (const note of notes) error(fit(note));
    for (const { file: where, line, what } of breaks) error(fit(`BROKEN ${where}:${line}: ${what}`));
    const last = lines.at(-1);
    if (command === "verify" && breaks.length === 0)
      out(
        fit(
          `${lines.length} lines in ${files.join(", ")}: the chain is whole; it ends with ${last?.hash ?? "nothing"}`,
        ),
      );
    return breaks.length === 0 ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    error(fit(cause.message));
    return 2;
  }
}

import os from "node:os";
import path from "node:path";
import { z } from "zod";
import type { Problem } from "../state/problems";

/** Config keys of the trail of changes. */
export const auditShape = {
  /** The file that each change is written to. */
  auditFile: z
    .string()
    .regex(/^[^\p{Cc}]+$/u, "write a path without control characters")
    .refine(
      (file) => /^(?:\/|~\/)/.test(file) && !file.endsWith("/"),
      "write the absolute path of a file, or one in your home directory: ~/.proxmox/audit.jsonl",
    )
    .optional(),
  /** From this size on a file is put aside. */
  auditFileSize: z
    .string()
    .regex(/^[1-9]\d{0,5} ?(?:KiB|MiB|GiB)$/, 'write a size with its unit, such as "10MiB"')
    .optional(),
  /** A syslog server that gets each line too. */
  auditSyslog: z
    .string()
    .regex(/^udp:\/\/(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d{1,5})?$/, "write an address such as udp://10.0.0.5:514")
    .refine((url) => URL.canParse(url), "write an address such as udp://10.0.0.5:514")
    .optional(),
};

type AuditConfig = z.infer<z.ZodObject<typeof auditShape>>;

/** What a trail of changes is kept with. */
export interface AuditSettings {
  /** Absolute path. */
  readonly file: string;
  readonly largest: number;
  readonly syslog: string | undefined;
}

const units: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

export function auditSettings({
  auditFile,
  auditFileSize = "10MiB",
  auditSyslog,
}: AuditConfig): AuditSettings | undefined {
  if (auditFile === undefined) return undefined;
  const [, number = "", unit = ""] = /^(\d+) ?(\w+)$/.exec(auditFileSize) ?? [];
  const file = auditFile.startsWith("~/") ? path.join(os.homedir(), auditFile.slice(2)) : path.resolve(auditFile);
  return { file, largest: Number(number) * (units[unit] ?? 1), syslog: auditSyslog };
}

/** The file is the trail: what goes elsewhere is a copy of it. */
export const auditContradictions = ({ auditFile, auditFileSize, auditSyslog }: AuditConfig): Problem[] =>
  auditFile !== undefined
    ? []
    : Object.entries({ auditFileSize, auditSyslog }).flatMap(([path, value]) =>
        value === undefined ? [] : [{ path, message: "without auditFile there is no trail; set that too" }],
      );

import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { AuditFile, notATrail, Syslog, type AuditEvent } from "../../../audit";
import { messageOf } from "../call/failure";
import type { AuditSettings } from "../session/audit-config";
import { placeIn } from "../state/urn";

/** One operation on one resource. */
interface Doing {
  readonly operation: string;
  readonly urn: string;
  /** Empty before there is one. */
  readonly id: string;
}

/** What comes of an operation when the engine has recorded it. */
export const after = (doing: Doing): Doing => ({ ...doing, operation: `after ${doing.operation}` });

/** An operation that has been written down, until its end is. */
interface Entry {
  started(task: string): void;
  /** Never fails: what was done is done. A line that could not be written is warned of. */
  end(how: { readonly error?: unknown; readonly id?: string }): Promise<void>;
}

/** The trail of what this process changes: a line before and one after each operation. */
export interface Trail {
  /** Why it cannot be written, as far as that shows without writing. */
  problem(): string | undefined;
  /**
   * Runs an operation between its two lines; one that only reads has none. Throws before anything is done when the first
   * one cannot be written.
   */
  around<T>(doing: Doing, work: (started: (task: string) => void) => Promise<T>): Promise<T>;
}

interface TrailParts {
  settings(): AuditSettings | undefined;
  /** Who the stack works as in Proxmox. */
  user(): string | undefined;
  redact(text: string): string;
  warn(message: string): void;
}

/** The operating system's account; a number where it has no name. */
function account(): string {
  try {
    return os.userInfo().username;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

export function createTrail({ settings, user, redact, warn }: TrailParts): Trail {
  let opened: { readonly file: AuditFile; readonly syslog: Syslog | undefined } | undefined;
  const run = randomUUID();

  function open({ file, largest, syslog }: AuditSettings): NonNullable<typeof opened> {
    return (opened ??= {
      file: new AuditFile(file, largest),
      syslog: syslog === undefined ? undefined : new Syslog(syslog, warn),
    });
  }

  async function write(to: AuditSettings, event: AuditEvent): Promise<void> {
    const { file, syslog } = open(to);
    const line = await file.append(fit(event, redact) as AuditEvent);
    syslog?.send(line);
  }

  const unwritten = (file: string, error: unknown): string =>
    `the audit trail ${file} cannot be written (${messageOf(error)})`;

  async function begin(doing: Doing): Promise<Entry | undefined> {
    const to = settings();
    if (to === undefined) return undefined;
    const { stack, project, kind, name } = placeIn(doing.urn);
    const operationId = randomUUID();
    const { operation, urn, id } = doing;
    const began = performance.now();
    const known = { run, pid: process.pid, operationId };
    const what = { ...known, operation, kind, resource: name, stack, project, urn, id };
    try {
      await write(to, { event: "begin", ...what, user: user() ?? "", account: account(), host: os.hostname() });
    } catch (error) {
      throw new Error(`${unwritten(to.file, error)}; nothing was changed`, { cause: error });
    }
    /** In order. After one that was lost the others only warn: each would wait for the same lock again. */
    let lines = Promise.resolve();
    let failure: string | undefined;
    const warnOf = (event: AuditEvent): void => warn(`${failure ?? ""}: ${JSON.stringify(fit(event, redact))}`);
    const later = (event: AuditEvent): Promise<void> =>
      (lines = lines.then(async () => {
        if (failure !== undefined) return warnOf(event);
        try {
          await write(to, event);
        } catch (error) {
          failure = unwritten(to.file, error);
          warnOf(event);
        }
      }));
    const tasks: string[] = [];
    return {
      started(task) {
        if (tasks.includes(task) || !/^UPID:[\w.:@!-]{1,250}$/.test(task)) return;
        tasks.push(task);
        void later({ event: "task", ...known, task });
      },
      end: ({ error, id: made = id }) =>
        later({
          event: "end",
          ...{ ...what, id: made, user: user() ?? "" },
          outcome: error === undefined ? "done" : "failed",
          ...(error === undefined ? {} : { error: messageOf(error) }),
          tasks,
          ms: Math.round(performance.now() - began),
        }),
    };
  }

  return {
    problem() {
      const to = settings();
      return to && unwritable(to.file);
    },
    async around(doing, work) {
      const entry = doing.operation === "read" ? undefined : await begin(doing);
      try {
        const result = await work((task) => entry?.started(task));
        const id = (result as { readonly id?: unknown } | undefined)?.id;
        await entry?.end(typeof id === "string" ? { id } : {});
        return result;
      } catch (error) {
        await entry?.end({ error });
        throw error;
      }
    },
  };
}

/** Every text of it without known secrets. */
function fit(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => fit(item, redact));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fit(inner, redact)]));
}

/** What shows without writing: a preview must not make a file. */
function unwritable(file: string): string | undefined {
  try {
    const why = notATrail(file);
    if (why !== undefined) return why;
    if (fs.existsSync(file)) fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
    // A file is put aside beside itself, and a directory that is missing is made.
    let folder = path.dirname(file);
    while (!fs.existsSync(folder) && folder !== path.dirname(folder)) folder = path.dirname(folder);
    fs.accessSync(folder, fs.constants.W_OK | fs.constants.X_OK);
    return fs.statSync(folder).isDirectory() ? undefined : `${folder} is no directory`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    return `${file} cannot be written: ${(error as Error).message}`;
  }
}

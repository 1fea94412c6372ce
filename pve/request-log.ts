import { appendFileSync, closeSync, fchmodSync, fstatSync, openSync } from "node:fs";
import type { Clock } from "./clock";
import type { SentParams } from "./encode";
import { printable } from "./format/printable";
import { MASK, type Redactor } from "./redact";

export interface RequestLogOptions {
  /** A file, or `stderr`: one readable line per request. `PROXMOX_DEBUG` unless given. */
  readonly debug?: string | undefined;
  /** A file: one JSON object per request. `PROXMOX_REQUEST_LOG` unless given. */
  readonly record?: string | undefined;
}

interface LoggedRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly params: SentParams;
  /** 0 when no answer came. */
  readonly status: number;
  readonly said: string;
  readonly startedAt: number;
}

/** Writes down what was sent, without secrets. Silent unless asked for. */
export class RequestLog {
  private readonly debug: string | undefined;
  private readonly record: string | undefined;
  private readonly opened = new Set<string>();

  constructor(
    private readonly redactor: Redactor,
    private readonly clock: Clock,
    options: RequestLogOptions = {},
  ) {
    this.debug = options.debug ?? (process.env["PROXMOX_DEBUG"] || undefined);
    this.record = options.record ?? (process.env["PROXMOX_REQUEST_LOG"] || undefined);
  }

  request(entry: LoggedRequest): void {
    if (this.debug === undefined && this.record === undefined) return;
    // What goes into a guest as a file is encoded, so that no secret in it would be recognised.
    const isFile = /\/agent\/file-write$/.test(entry.path);
    const params = this.redactor.params(isFile ? { ...entry.params, content: MASK } : entry.params);
    if (this.record !== undefined) {
      const path = this.redactor.text(entry.path);
      this.append(this.record, `${JSON.stringify({ method: entry.method, path, params, status: entry.status })}\n`);
    }
    if (this.debug !== undefined) {
      const took = Math.round(this.clock.now() - entry.startedAt);
      const sent = Object.keys(params).length > 0 ? ` ${JSON.stringify(params)}` : "";
      this.line(`${entry.method} ${entry.origin}${entry.path}${sent} -> ${entry.status} ${entry.said} (${took} ms)`);
    }
  }

  /** A line that is no request (a log-in, a retry). */
  line(text: string): void {
    if (this.debug === undefined) return;
    const line = `${new Date().toISOString()} ${printable(this.redactor.text(text)).replace(/\n/g, " ")}\n`;
    if (this.debug === "stderr" || this.debug === "1") process.stderr.write(line);
    else this.append(this.debug, line);
  }

  /** Names, addresses and what is done where are nobody else's business, secrets or not. */
  private append(file: string, line: string): void {
    if (!this.opened.has(file)) {
      const handle = openSync(file, "a", 0o600);
      try {
        const found = fstatSync(handle);
        // One that was there already; a device or a pipe is as its owner wants it.
        if (found.isFile() && (found.mode & 0o077) !== 0) fchmodSync(handle, 0o600);
      } finally {
        closeSync(handle);
      }
      this.opened.add(file);
    }
    appendFileSync(file, line);
  }
}

import type { Clock } from "./clock";
import { Durations } from "./durations";
import { classify } from "./error-table";
import { isProxmoxError, ProxmoxError } from "./errors";
import { parseUpid, type Upid } from "./format/upid";
import { NodeTasks, RUNNING } from "./node-tasks";
import type { Redactor } from "./redact";
import { taskHint } from "./task-hints";
import type { Transport } from "./transport";
import { until } from "./until";
import { integer, list, string } from "./wire";

export interface TaskProgress {
  readonly upid: string;
  /** The last line of the task's log. */
  readonly line: string;
  /** 0 to 100, when the line tells it, as `transferred 1.2 GiB of 10.0 GiB (12.34%)` does. */
  readonly percent: number | undefined;
}

interface TaskOptions {
  /** What the task does, for messages: "create VM 100". */
  readonly what?: string | undefined;
  /** One hour unless given. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Also stop the task when the signal is aborted or the time is up. Otherwise it goes on without us. */
  readonly stopOnAbort?: boolean | undefined;
  /** Costs a read of the log now and then. */
  readonly onProgress?: ((progress: TaskProgress) => void) | undefined;
  /** False while nobody would see progress: then its log is not read. */
  readonly isWatched?: (() => boolean) | undefined;
}

interface TaskResult {
  readonly upid: string;
  /** `OK`, or `WARNINGS: 2`, which is a success too. */
  readonly exitStatus: string;
  readonly warnings: readonly string[];
}

/** The end of a task's log. */
interface Progress {
  /** How many lines there are, as far as they were read. */
  readonly lines: number;
  /** The last one that says something. */
  readonly line: string;
  /** The last figure in what was read of it. */
  readonly percent: number | undefined;
  /** It is the line that ends a log. */
  readonly ended: boolean;
}

const HOUR_MS = 3_600_000;
/** How long the API of a node may be away while we wait: a restart of pveproxy, a network reload, a reboot. */
const OUTAGE_MS = 10 * 60_000;
/** After joining a cluster a node refuses new tickets for about a second (conformance 20). */
const LOCKOUT_MS = 30_000;
const LOG_TAIL = 25;
/** Requests to stop a task: the last one half a minute after the first. */
const STOPS = 5;
/** Enough for all that a task says between two looks. */
const LOG_PAGE = 500;

/** What never ends at once, for it starts a machine or copies one: the first look comes after this time. */
const SLOW = new Set(["qmstart", "qmclone", "vzstart", "vzclone"]);
const SLOW_MS = 500;
/** Tasks whose log tells how much of it they have copied (PVE/QemuServer/QemuImage.pm convert). */
const COPYING = new Set(["qmclone", "qmmove"]);

/** Quick at first, then each quarter of a second, then 15 % of the time that the task already took, at most 8 s. */
export function taskPause(elapsedMs: number): number {
  if (elapsedMs < 100) return 100;
  if (elapsedMs < 250) return 150;
  return Math.max(250, Math.min(8_000, elapsedMs * 0.15));
}
/** What ends sooner needs no figures. */
const FIRST_PROGRESS_MS = 10_000;
const progressPause = (elapsedMs: number) => Math.max(3_000, Math.min(30_000, elapsedMs * 0.15));

/** Waits for tasks. */
export class Tasks {
  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly redactor: Redactor,
    /** Shared by all views of one connection. */
    private readonly nodes = new Map<string, NodeTasks>(),
    readonly durations = new Durations(),
  ) {}

  /** The same waits for another call context. */
  with(transport: Transport): Tasks {
    return new Tasks(transport, this.clock, this.redactor, this.nodes, this.durations);
  }

  /** Starts a task and waits for it. An answer that is no task id (null, "OK") means: done already. */
  async run(dispatch: () => Promise<unknown>, options: TaskOptions = {}): Promise<TaskResult> {
    const answer = await dispatch();
    const upid = typeof answer === "string" ? parseUpid(answer) : undefined;
    return upid ? this.wait(upid.upid, options) : { upid: "", exitStatus: "OK", warnings: [] };
  }

  /** Resolves when the task has succeeded; a failed task is a `task-failed` with its exit status and log. */
  async wait(text: string, options: TaskOptions = {}): Promise<TaskResult> {
    const upid = parseUpid(text);
    if (!upid) throw new ProxmoxError({ kind: "protocol", message: `'${text}' is no task id.` });
    const what = options.what ?? `the task ${upid.type}${upid.id ? ` of ${upid.id}` : ""}`;
    const signal = options.signal ?? this.transport.context.signal;
    try {
      const exitStatus = await this.exitStatus(upid, what, signal, options);
      return await this.judge(upid, what, exitStatus);
    } catch (error) {
      if (options.stopOnAbort && isProxmoxError(error, "aborted", "timeout")) await this.stop(upid.upid);
      throw error;
    }
  }

  /**
   * Asks the task to stop; it ends as `received interrupt`. Fine when it has ended already, and so it is asked again when
   * its node was away for a moment: a task that hangs holds its locks for ever.
   */
  async stop(text: string): Promise<void> {
    const upid = parseUpid(text);
    if (!upid) throw new ProxmoxError({ kind: "protocol", message: `'${text}' is no task id.` });
    // Not with the signal that was just aborted.
    const transport = this.transport.with({ signal: undefined, deadline: undefined });
    for (let attempt = 1; ; attempt++) {
      try {
        return void (await transport.request("DELETE", path(upid)));
      } catch (error) {
        if (!isProxmoxError(error, "unavailable") || attempt >= STOPS) throw error;
      }
      await this.clock.sleep(1000 * 2 ** attempt);
    }
  }

  private async exitStatus(upid: Upid, what: string, signal: AbortSignal | undefined, options: TaskOptions) {
    const { clock } = this;
    const start = clock.now();
    const deadline = this.transport.context.deadline ?? Infinity;
    const timeoutMs = Math.min(options.timeoutMs ?? HOUR_MS, deadline - start);
    let reachedAt = start;
    let nextProgress = start + FIRST_PROGRESS_MS;
    let lines = 1;
    // What a clone takes depends on its source, which its task is filed under.
    const kind = `${upid.node}:${upid.type}:${upid.type === "qmclone" ? upid.id : ""}`;
    const pause = (elapsed: number) => this.durations.pause(kind, elapsed, taskPause);
    const { forecasts } = this.durations;
    let copies = COPYING.has(upid.type);
    const node = this.node(upid.node);
    const watch = node.watch(upid.upid, start + timeoutMs, pause);
    const isDue = () => options.onProgress && reachedAt >= nextProgress && (options.isWatched?.() ?? true);
    const tell = ({ line }: Progress) => {
      nextProgress = reachedAt + progressPause(reachedAt - start);
      if (line !== "") options.onProgress?.({ upid: upid.upid, line, percent: percent(line) });
    };
    try {
      const state = await until({
        what,
        signal,
        clock,
        timeoutMs,
        delayMs: this.durations.delay(kind) || (SLOW.has(upid.type) ? SLOW_MS : 0),
        pauseMs: pause,
        rest: (ms, aborted) => watch.rest(ms, aborted),
        poll: async () => {
          const elapsed = clock.now() - start;
          const copy = copies && !this.durations.isKnown(kind) && forecasts.wanted(kind, upid.upid, elapsed);
          if (copy) {
            const log = await this.figures(upid, lines);
            lines = log.lines;
            const moved = copy.note(elapsed, log.percent);
            copies = copy.hasFigures;
            // What writes that it has come further has not ended.
            if (moved && !log.ended) {
              reachedAt = clock.now();
              watch.seen(RUNNING, start + elapsed);
              if (isDue()) tell(log);
              return RUNNING;
            }
          }
          const seen = await watch.poll();
          reachedAt = clock.now();
          if (seen.running && isDue()) {
            const log = await this.progress(upid, lines);
            lines = log.lines;
            tell(log);
          }
          return seen;
        },
        done: (seen) => !seen.running,
        describe: () => `still running, as ${upid.upid}`,
        tolerate: (error) => {
          const away = clock.now() - Math.max(reachedAt, watch.lastSeen);
          return (
            (isProxmoxError(error, "unavailable", "timeout", "protocol") && away < OUTAGE_MS) ||
            (isProxmoxError(error, "unauthenticated") && away < LOCKOUT_MS)
          );
        },
      });
      if (state.running) return "unexpected status";
      if (state.exitStatus === "OK") this.durations.note(kind, clock.now() - start, watch.stillAtMs);
      return state.exitStatus;
    } finally {
      node.leave(watch);
      forecasts.leave(kind, upid.upid);
    }
  }

  private async judge(upid: Upid, what: string, exitStatus: string): Promise<TaskResult> {
    if (exitStatus === "OK") return { upid: upid.upid, exitStatus, warnings: [] };
    const log = await this.log(upid, exitStatus);
    if (/^WARNINGS: \d+$/.test(exitStatus)) {
      const warnings = log.filter((line) => /^WARN/i.test(line)).map((line) => line.replace(/^WARN(?:ING)?:?\s*/i, ""));
      return { upid: upid.upid, exitStatus, warnings };
    }
    const said = this.redactor.text(exitStatus.trim());
    const { kind, hint, retryable } = classify({ status: 0, said, path: `/${upid.id}` });
    const advice = taskHint(said, log) ?? hint;
    const lines = log.filter((line) => line !== "" && line !== `TASK ERROR: ${said}`);
    throw new ProxmoxError({
      kind: "task-failed",
      reason: kind,
      retryable,
      upid: upid.upid,
      exitStatus: said,
      said,
      log: lines,
      message:
        `${what[0]!.toUpperCase()}${what.slice(1)} failed on ${upid.node}: ${said}` +
        `${advice ? `. ${advice}` : ""}${lines.length > 0 ? `\nThe end of its log:\n  ${lines.join("\n  ")}` : ""}`,
    });
  }

  /** The log's last lines. That it cannot be read must not hide how the task ended. */
  private async log(upid: Upid, exitStatus: string): Promise<string[]> {
    try {
      const first = await this.transport.request("GET", `${path(upid)}/log`, { start: 0, limit: LOG_TAIL });
      const total = first.total ?? 0;
      const reply =
        total > LOG_TAIL
          ? await this.transport.request("GET", `${path(upid)}/log`, { start: total - LOG_TAIL, limit: LOG_TAIL })
          : first;
      return lines(reply.data).map((line) => this.redactor.text(line));
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return [`(the log of the task that ended with '${exitStatus}' cannot be read: ${error.message})`];
    }
  }

  /** How far a copy is. Without its log there are no figures, and its state has to tell the rest. */
  private async figures(upid: Upid, known: number): Promise<Progress> {
    try {
      return await this.progress(upid, known, patient(this.transport));
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return { lines: known, line: "", percent: undefined, ended: false };
    }
  }

  /** How far a task is, by the end of its log. */
  private async progress(upid: Upid, known: number, transport = this.transport): Promise<Progress> {
    const { data, total = 0 } = await transport.request("GET", `${path(upid)}/log`, {
      start: known - 1,
      limit: LOG_PAGE,
    });
    const texts = lines(data).filter((one) => one !== "");
    const line = this.redactor.text(texts.at(-1) ?? "");
    const ended = /^TASK (?:OK|ERROR|WARNINGS)\b/.test(line);
    const copied = texts.map(percent).findLast((figure) => figure !== undefined);
    return { lines: Math.max(1, Math.min(total, known - 1 + LOG_PAGE)), line, percent: copied, ended };
  }

  private node(name: string): NodeTasks {
    let node = this.nodes.get(name);
    if (!node) {
      // It must not be cut short by whoever happened to ask first.
      const polling = patient(this.transport).with({ signal: undefined, deadline: undefined, attempt: undefined });
      node = new NodeTasks(name, polling, this.clock);
      this.nodes.set(name, node);
    }
    return node;
  }
}

/** For polling, which has its own patience. */
const patient = (transport: Transport) => transport.with({ retry: false, requestTimeoutMs: 30_000 });

const path = (upid: Upid) => `/nodes/${upid.node}/tasks/${upid.upid}`;

const lines = (data: unknown) => {
  const numbered = list(data).map((line) => ({ n: integer(line["n"]) ?? 0, text: string(line["t"]) ?? "" }));
  const texts = numbered.sort((a, b) => a.n - b.n).map(({ text }) => text.trimEnd());
  return texts.length === 1 && texts[0] === "no content" ? [] : texts;
};

/** The last percentage in a line of progress. */
export function percent(line: string): number | undefined {
  const found = [...line.matchAll(/(\d+(?:\.\d+)?)\s?%/g)].at(-1);
  const value = found ? Number(found[1]) : NaN;
  return value >= 0 && value <= 100 ? value : undefined;
}

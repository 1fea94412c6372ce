import type { Clock } from "./clock";
import { Durations } from "./durations";
import { classify } from "./error-table";
import { isProxmoxError, ProxmoxError } from "./errors";
import { parseUpid, type Upid } from "./format/upid";
import { NodeTasks } from "./node-tasks";
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

/** Quick at first, then 15 % of the time that the task already took, at most 8 s. */
export const taskPause = (elapsedMs: number) => (elapsedMs < 500 ? 100 : Math.min(8_000, elapsedMs * 0.15));
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
    const node = this.node(upid.node);
    const watch = node.watch(upid.upid, start + timeoutMs, pause);
    try {
      const state = await until({
        what,
        signal,
        clock,
        timeoutMs,
        delayMs: this.durations.delay(kind),
        pauseMs: pause,
        rest: (ms, aborted) => watch.rest(ms, aborted),
        poll: async () => {
          const seen = await watch.poll();
          reachedAt = clock.now();
          if (seen.running && options.onProgress && reachedAt >= nextProgress && (options.isWatched?.() ?? true)) {
            nextProgress = reachedAt + progressPause(reachedAt - start);
            lines = await this.report(upid, options.onProgress, lines);
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

  /** Tells the log's last line; returns how many lines there are, from which the next look goes on. */
  private async report(upid: Upid, onProgress: (progress: TaskProgress) => void, known: number): Promise<number> {
    const { data, total = 0 } = await this.transport.request("GET", `${path(upid)}/log`, {
      start: known - 1,
      limit: LOG_PAGE,
    });
    const line = this.redactor.text(
      lines(data)
        .filter((one) => one !== "")
        .at(-1) ?? "",
    );
    if (line !== "") onProgress({ upid: upid.upid, line, percent: percent(line) });
    return Math.max(1, Math.min(total, known - 1 + LOG_PAGE));
  }

  private node(name: string): NodeTasks {
    let node = this.nodes.get(name);
    if (!node) {
      // Polling has its own patience, and must not be cut short by whoever happened to ask first.
      const polling = this.transport.with({
        retry: false,
        signal: undefined,
        deadline: undefined,
        attempt: undefined,
        requestTimeoutMs: 30_000,
      });
      node = new NodeTasks(name, polling, this.clock);
      this.nodes.set(name, node);
    }
    return node;
  }
}

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

import type { Clock } from "./clock";
import type { Transport } from "./transport";
import { list, object, string, type WireObject } from "./wire";

/** Rows of a list beside those of the tasks that are waited for: what others run, or what has just ended. */
const SPARE_ROWS = 50;

/** `running`, or how it ended. */
type TaskState = { readonly running: true } | { readonly running: false; readonly exitStatus: string };

export const RUNNING: TaskState = { running: true };

/**
 * The tasks of one node. While several are waited for, one list serves them all, whoever asked for it: who waits for a
 * task that has ended is woken, and the others rest as if they had asked themselves.
 */
export class NodeTasks {
  private readonly watches = new Set<Watch>();
  private pending: Promise<ReadonlyMap<string, TaskState>> | undefined;

  constructor(
    private readonly node: string,
    private readonly transport: Pick<Transport, "request">,
    private readonly clock: Clock,
  ) {}

  /** A wait from now on, and no longer than to `endsAt`; `pause` tells how long to rest after so long a wait. */
  watch(upid: string, endsAt: number, pause: (elapsedMs: number) => number): Watch {
    const watch = new Watch(upid, endsAt, pause, this.clock, () => this.ask(upid));
    this.watches.add(watch);
    return watch;
  }

  leave(watch: Watch): void {
    this.watches.delete(watch);
  }

  private async ask(upid: string): Promise<TaskState> {
    const listed = this.watches.size > 1 ? (await this.listed()).get(upid) : undefined;
    if (listed) return listed;
    const reply = await this.transport.request("GET", `/nodes/${this.node}/tasks/${upid}/status`);
    return taskState(object(reply.data));
  }

  private listed(): Promise<ReadonlyMap<string, TaskState>> {
    this.pending ??= this.read().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  /** What runs, and what has ended last. Of a failure only the task itself tells all. */
  private async read(): Promise<ReadonlyMap<string, TaskState>> {
    const at = this.clock.now();
    const params = { source: "all", limit: SPARE_ROWS + 2 * this.watches.size };
    const { data } = await this.transport.request("GET", `/nodes/${this.node}/tasks`, params);
    const found = new Map<string, TaskState>();
    for (const row of list(data)) {
      const upid = string(row["upid"]) ?? "";
      // While it is being archived a task may be listed twice: as running, and as ended (PVE/API2/Tasks.pm node_tasks).
      if (row["status"] === "OK" && row["endtime"]) found.set(upid, { running: false, exitStatus: "OK" });
      else if (row["status"] === "RUNNING" && !row["endtime"] && !found.has(upid)) found.set(upid, RUNNING);
    }
    for (const watch of this.watches) {
      const state = found.get(watch.upid);
      if (state) watch.seen(state, at);
    }
    return found;
  }
}

/** One wait for a task. */
class Watch {
  private readonly start: number;
  private due = 0;
  /** When the task was last seen, by whoever asked. */
  lastSeen = 0;
  /** So long after the beginning of the wait it was certainly not at its end. */
  stillAtMs = 0;
  private ended: TaskState | undefined;
  private wake: (() => void) | undefined;

  constructor(
    readonly upid: string,
    private readonly endsAt: number,
    private readonly pause: (elapsedMs: number) => number,
    private readonly clock: Clock,
    private readonly ask: () => Promise<TaskState>,
  ) {
    this.start = clock.now();
  }

  /** The state of the task as it is now; that it has ended may have been seen before. */
  async poll(): Promise<TaskState> {
    if (this.ended) return this.ended;
    const at = this.clock.now();
    const state = await this.ask();
    if (state.running) this.stillAtMs = Math.max(this.stillAtMs, at - this.start);
    return state;
  }

  /** Rests for so long: shorter when the task is seen to have ended, and longer when it is seen to run. */
  async rest(ms: number, signal?: AbortSignal): Promise<void> {
    this.due = this.clock.now() + ms;
    const woken = new AbortController();
    this.wake = () => woken.abort();
    const either = signal ? AbortSignal.any([signal, woken.signal]) : woken.signal;
    try {
      while (!this.ended && this.clock.now() < this.due) await this.clock.sleep(this.due - this.clock.now(), either);
    } catch (error) {
      if (!woken.signal.aborted || signal?.aborted) throw error;
    } finally {
      this.wake = undefined;
    }
  }

  /** Somebody's look has seen the task. */
  seen(state: TaskState, at: number): void {
    this.lastSeen = at;
    if (state.running) this.stillAtMs = Math.max(this.stillAtMs, at - this.start);
    if (state.running) this.due = Math.min(this.endsAt, Math.max(this.due, at + this.pause(at - this.start)));
    else {
      this.ended = state;
      this.wake?.();
    }
  }
}

function taskState(status: WireObject): TaskState {
  if (string(status["status"]) !== "stopped") return RUNNING;
  return { running: false, exitStatus: string(status["exitstatus"]) ?? "unexpected status" };
}

import type { Clock } from "./clock";
import type { Transport } from "./transport";
import { list, object, string, type WireObject } from "./wire";

/** As many as the list of active tasks may show. */
const LIMIT = 1_000;

/** `running`, or how it ended. */
export type TaskState = { readonly running: true } | { readonly running: false; readonly exitStatus: string };

/**
 * The tasks of one node. While several are waited for, their waiters share one list of active tasks per tick; only
 * a task that is not in it (any more) is asked about on its own.
 */
export class NodeTasks {
  private waiting = 0;
  private active: { readonly upids: ReadonlySet<string>; readonly at: number } | undefined;
  private pending: Promise<ReadonlySet<string>> | undefined;

  constructor(
    private readonly node: string,
    private readonly transport: Transport,
    private readonly clock: Clock,
  ) {}

  /** Counts as a waiter until the returned function is called. */
  join(): () => void {
    this.waiting++;
    return () => {
      this.waiting--;
    };
  }

  /** The state of a task, possibly as it was `staleMs` ago. */
  async look(upid: string, staleMs: number): Promise<TaskState> {
    if (this.waiting > 1 && (await this.activeUpids(staleMs)).has(upid)) return { running: true };
    const reply = await this.transport.request("GET", `/nodes/${this.node}/tasks/${upid}/status`);
    return taskState(object(reply.data));
  }

  private async activeUpids(staleMs: number): Promise<ReadonlySet<string>> {
    if (this.active && this.clock.now() - this.active.at < staleMs) return this.active.upids;
    this.pending ??= this.readActive().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async readActive(): Promise<ReadonlySet<string>> {
    const at = this.clock.now();
    const params = { source: "active", limit: LIMIT };
    const { data } = await this.transport.request("GET", `/nodes/${this.node}/tasks`, params);
    // Ended tasks are listed until they are archived (PVE/RESTEnvironment.pm active_workers, PVE/API2/Tasks.pm).
    const running = list(data).filter((task) => task["status"] === "RUNNING" && !task["endtime"]);
    const upids = new Set(running.map((task) => string(task["upid"]) ?? ""));
    this.active = { upids, at };
    return upids;
  }
}

function taskState(status: WireObject): TaskState {
  if (string(status["status"]) !== "stopped") return { running: true };
  return { running: false, exitStatus: string(status["exitstatus"]) ?? "unexpected status" };
}

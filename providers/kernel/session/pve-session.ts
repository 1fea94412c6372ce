import {
  isProxmoxError,
  retryLocked,
  until,
  type Api,
  type Connection,
  type Guest,
  type SnapshotNode,
  type SnapshotStorage,
  type Ssh,
  type Vmids,
} from "../../../pve";
import { write, type Write } from "../write";
import { DeadlineExceeded, type Call } from "../call/call";
import type { Lifeline } from "../process/lifeline";
import { untilAborted } from "../call/until-aborted";
import { comingNodes } from "./coming-nodes";
import { comingStorages } from "./coming-storages";
import { sees } from "./own-sight";
import { isQuorate } from "./quorum";
import type { Memory } from "./memory";
import type { SharedList } from "../shared-list";
import { SharedView } from "./shared-view";

/** What all operations of one plugin process share beside the connection. */
interface ProcessWide {
  /** The connection itself, for what outlasts an operation or serves several. */
  readonly connection: Connection;
  readonly lifeline: Lifeline;
  /** Undefined when SSH is not configured. */
  readonly ssh: Ssh | undefined;
  /** Who the stack signs in as: a user, or a token's id. */
  readonly user: string;
  /** `proxmox:vmids` of the stack. */
  readonly vmids: string | undefined;
  /** What areas remember beyond an operation. */
  readonly memory: Memory;
}

interface Picture {
  readonly guests: readonly Guest[];
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
  /** Nodes that the program is about to make members. */
  readonly coming: ReadonlySet<string>;
  /** Storages that the program is about to define. */
  readonly comingStorages: ReadonlySet<string>;
  /** Would this storage be among them if it were there? */
  seesStorage(storage: string): Promise<boolean>;
}

/** The cluster, as one operation on one resource sees it: bounded, abortable, with progress in the resource's row. */
export class Pve {
  readonly api: Api;
  readonly snapshot: SharedView;

  constructor(
    private readonly connection: Connection,
    /** What outlasts this operation. */
    readonly process: ProcessWide,
  ) {
    this.api = connection.api;
    this.snapshot = new SharedView(connection.snapshot, connection.transport.context.signal);
  }

  /** What this area remembers in this process under the key; see {@link Memory}. */
  memory<T>(key: string, make: () => T): T {
    return this.process.memory.of(key, make);
  }

  /** Ends with the operation. */
  get signal(): AbortSignal | undefined {
    return this.connection.transport.context.signal;
  }

  /** Gives out VMIDs. */
  get vmids(): Vmids {
    return this.connection.vmids;
  }

  /** The whole shared picture of the cluster. */
  async picture(): Promise<Picture> {
    const { snapshot } = this;
    const [guests, nodes, storages] = [await snapshot.guests(), await snapshot.nodes(), await snapshot.storages()];
    const seesStorage = (storage: string) => sees(this, `/storage/${storage}`, "Datastore.Audit");
    return { guests, nodes, storages, coming: comingNodes(this), comingStorages: comingStorages(this), seesStorage };
  }

  /** Guests as they are now, not as the shared picture remembers them. */
  async guestsNow(): Promise<readonly Guest[]> {
    await this.snapshot.refresh();
    return this.snapshot.guests();
  }

  /** A list that the checks of many resources share; it is read for none of them alone, and ends with none. */
  shared<T>(call: Call, lists: SharedList<T>, read: (pve: Pve) => Promise<T>): Promise<T> {
    const { process } = this;
    return lists.for(call, process.connection.clock, () => read(new Pve(process.connection, process)));
  }

  /** Sends a file to a storage; returns the task that puts it there. */
  upload(...given: Parameters<Connection["transport"]["upload"]>): Promise<string> {
    return this.connection.transport.upload(...given);
  }

  /** Starts a task and waits for it, its progress in the row; a lock that was not to be had is waited for. */
  async task(
    call: Call,
    what: string,
    dispatch: () => Promise<unknown>,
    done: () => Promise<boolean> = no,
  ): Promise<void> {
    call.report.progress(what);
    await retryLocked(
      () =>
        changing(call, async () => {
          await this.process.lifeline.assertEngine();
          await this.finish(call, await dispatch(), what);
          return true;
        }),
      { find: async () => ((await done()) ? true : undefined), clock: this.connection.clock, signal: call.signal },
    );
  }

  /** Waits for a task that is running. */
  async wait(call: Call, upid: string, what: string): Promise<void> {
    await this.finish(call, upid, what);
  }

  private async finish(call: Call, reply: unknown, what: string): Promise<void> {
    // Some calls are done at once and answer with null.
    if (typeof reply !== "string" || !reply.startsWith("UPID:")) return;
    call.changes.started?.(reply);
    try {
      const { warnings } = await this.connection.tasks.wait(reply, {
        what,
        timeoutMs: call.remainingMs(),
        signal: call.signal,
        isWatched: () => call.report.listens?.() ?? true,
        onProgress: ({ percent }) => percent !== undefined && call.report.progress(`${what}: ${Math.round(percent)} %`),
      });
      for (const warning of warnings) call.report.warn(`${what}: ${warning}`);
    } catch (error) {
      // When the engine is gone the task goes on, and the next run finds what it made. What takes longer than the user
      // allows is stopped: it may hang for ever, and hold its locks.
      if (call.signal.reason instanceof DeadlineExceeded || this.isTimeout(error)) await this.stop(reply, what);
      throw error;
    }
  }

  /** Stops a task and waits for its clean-up; throws how it ended, when that was in failure. */
  private async stop(upid: string, what: string): Promise<void> {
    const { tasks } = this.process.connection;
    await tasks.stop(upid);
    await tasks.wait(upid, { what, timeoutMs: 15_000 });
  }

  limits<T>(keys: readonly string[], call: Call, work: () => Promise<T>): Promise<T> {
    return this.connection.limits.run(keys, work, call.signal);
  }

  /** Makes a change that Proxmox carries out before it answers; see {@link write}. */
  write<T>(call: Call, change: Write<T>): Promise<T | undefined> {
    return changing(call, () =>
      write(
        {
          clock: this.connection.clock,
          signal: call.signal,
          inLine: (lock, work) => this.limits([lock], call, work),
          safePoint: () => call.safePoint(),
          progress: (text) => call.report.progress(text),
        },
        change,
      ),
    );
  }

  /** A change that follows an operation, when the engine has recorded it: nothing aborts it but the end of the process. */
  writeAfterwards<T>(change: Write<T>): Promise<T | undefined> {
    const { clock, limits } = this.process.connection;
    return write(
      {
        clock,
        signal: new AbortController().signal,
        inLine: (lock, work) => limits.run([lock], work),
        safePoint: async () => undefined,
        progress: () => undefined,
      },
      change,
    );
  }

  /**
   * The one polling loop, with the pace of a guest that boots or of a clone that copies; `kind` names what takes about
   * as long each time.
   */
  async until<T>(
    what: string,
    poll: () => Promise<{ done: T } | { pending: string }>,
    timeoutMs: number,
    kind?: string,
  ): Promise<T> {
    const { clock, tasks } = this.connection;
    const start = clock.now();
    let polls = 0;
    let stillAtMs: number | undefined;
    const pace = (elapsed: number) => Math.min(5000, 250 + elapsed / 8);
    const delayMs = kind === undefined ? 0 : tasks.durations.delay(kind);
    const seen = await until({
      what,
      timeoutMs,
      delayMs,
      signal: this.connection.transport.context.signal,
      clock,
      pauseMs: kind === undefined ? pace : (elapsed) => tasks.durations.pause(kind, elapsed, pace),
      poll: async () => {
        polls++;
        const at = clock.now() - start;
        const state = await poll();
        if ("pending" in state) stillAtMs = at;
        return state;
      },
      done: (state) => "done" in state,
      describe: (state) => ("pending" in state ? state.pending : "done"),
    });
    // What was so at once tells nothing about how long it takes.
    if (kind !== undefined && (polls > 1 || delayMs > 0)) tasks.durations.note(kind, clock.now() - start, stillAtMs);
    return (seen as { done: T }).done;
  }

  /** Waits a moment, no longer than the operation lasts. */
  pause(ms: number): Promise<void> {
    return this.connection.clock.sleep(ms, this.connection.transport.context.signal);
  }

  /** Without quorum some calls do half of their work. */
  async assertQuorum(call: Call): Promise<void> {
    if (!(await untilAborted(call.signal, isQuorate(this.process.connection))))
      throw new Error("the cluster has no quorum; nothing was changed. Bring nodes back, then run this again");
  }

  isTaskFailure(error: unknown): boolean {
    return isProxmoxError(error, "task-failed");
  }

  isTimeout(error: unknown): boolean {
    return isProxmoxError(error, "timeout");
  }
}

const no = async (): Promise<boolean> => false;

/** Counts a change, whatever becomes of it: nothing that was read before its end tells how it ended. */
export async function changing<T>({ changes }: Call, work: () => Promise<T>): Promise<T> {
  changes.sent++;
  try {
    return await work();
  } finally {
    changes.sent++;
  }
}

import {
  isProxmoxError,
  isVmidTaken,
  retryLocked,
  until,
  wire,
  type Api,
  type Connection,
  type Guest,
  type SnapshotNode,
  type SnapshotStorage,
  type Ssh,
} from "../../../pve";
import { write, type Write } from "../write";
import { DeadlineExceeded, type Call } from "../call/call";
import type { Lifeline } from "../process/lifeline";
import { SharedView } from "./shared-view";
import type { GuestConfig } from "../../vm/config/guest-config";
import type { RunMemory } from "../../vm/check/run-memory";

/** A guest's place in the cluster. */
export interface Place {
  readonly node: string;
  readonly vmid: number;
}

/** What all operations of one plugin process share beside the connection. */
export interface ProcessWide {
  /** The connection itself, for what outlasts an operation or serves several. */
  readonly connection: Connection;
  readonly lifeline: Lifeline;
  /** Undefined when SSH is not configured. */
  readonly ssh: Ssh | undefined;
  /** Who the stack signs in as: a user, or a token's id. */
  readonly user: string;
  /** Bridges of nodes with their MTU, as far as they were asked for; undefined where they cannot be told. */
  readonly bridges: Map<string, Promise<ReadonlyMap<string, number | undefined> | undefined>>;
  /** `proxmox:vmids` of the stack. */
  readonly vmids: string | undefined;
  /** Guests that this process itself is making, and the tasks that make them. */
  readonly making: Set<number>;
  readonly ownTasks: Set<string>;
  /** Configs of guests that others are cloned from. */
  readonly templates: Map<number, Promise<GuestConfig>>;
  /** Names of all pools, for previews. */
  readonly pools: { names?: Promise<ReadonlySet<string>> };
  /** What the VMs of this run know of each other. */
  readonly vms: RunMemory;
  /** What earlier runs may have left, as last looked up. */
  readonly leftovers: { at: number; found?: Promise<Place[]> };
}

interface Picture {
  readonly guests: readonly Guest[];
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
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

  /** The whole shared picture of the cluster. */
  async picture(): Promise<Picture> {
    const { snapshot } = this;
    return { guests: await snapshot.guests(), nodes: await snapshot.nodes(), storages: await snapshot.storages() };
  }

  /** Guests as they are now, not as the shared picture remembers them. */
  async guestsNow(): Promise<readonly Guest[]> {
    await this.snapshot.refresh();
    return this.snapshot.guests();
  }

  /** Does this node have the guest? Told by its config, not by a list. */
  async exists(node: string, vmid: number): Promise<boolean> {
    try {
      await this.api.nodes.$(node).qemu.$(vmid).config.$get();
      return true;
    } catch (error) {
      if (isProxmoxError(error, "not-found")) return false;
      throw error;
    }
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
      async () => {
        await this.process.lifeline.assertEngine();
        await this.finish(call, await dispatch(), what);
        return true;
      },
      { look: async () => ((await done()) ? true : undefined), clock: this.connection.clock, signal: call.signal },
    );
  }

  /** Waits for a task that is running. */
  async wait(call: Call, upid: string, what: string): Promise<void> {
    await this.finish(call, upid, what);
  }

  private async finish(call: Call, reply: unknown, what: string): Promise<void> {
    // Some calls are done at once and answer with null.
    if (typeof reply !== "string" || !reply.startsWith("UPID:")) return;
    try {
      const { warnings } = await this.connection.tasks.wait(reply, {
        what,
        timeoutMs: call.remainingMs(),
        signal: call.signal,
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
    return write(
      {
        clock: this.connection.clock,
        signal: call.signal,
        inLine: (lock, work) => this.limits([lock], call, work),
        safePoint: () => call.safePoint(),
        progress: (text) => call.report.progress(text),
      },
      change,
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

  /** Claims a VMID by creating with it: `make` is called with the next candidate until Proxmox accepts one. */
  async claim(
    call: Call,
    wanted: number | undefined,
    keys: readonly string[],
    make: (vmid: number) => Promise<void>,
  ): Promise<number> {
    const making = async (vmid: number) => {
      this.process.making.add(vmid);
      // A creation that did not get a lock has made nothing. The lock of the VMID itself means that somebody else is
      // claiming it: then the next one is tried instead.
      let taken: Error | undefined;
      await retryLocked(
        async () => {
          try {
            await make(vmid);
          } catch (error) {
            if (!isVmidTaken(error, vmid)) throw error;
            taken = error as Error;
          }
        },
        { look: () => Promise.resolve(undefined), clock: this.connection.clock, signal: call.signal },
      );
      if (taken !== undefined) throw taken;
    };
    return this.limits(keys, call, async () => {
      if (wanted === undefined) {
        const { vmids } = this.process;
        return (await this.connection.vmids.claim(making, vmids === undefined ? {} : { range: vmids })).vmid;
      }
      await making(wanted);
      return wanted;
    });
  }

  /** The guest is gone; its VMID may be given out again. */
  forget(vmid: number): void {
    this.snapshot.remove(vmid);
    this.process.templates.delete(vmid);
    this.connection.vmids.release(vmid);
    this.process.making.delete(vmid);
  }

  /**
   * The one polling loop, with the pace of a guest that boots or of a clone that copies; `kind` names what takes about
   * as long each time.
   */
  async until<T>(
    what: string,
    look: () => Promise<{ done: T } | { pending: string }>,
    timeoutMs: number,
    kind?: string,
  ): Promise<T> {
    const { clock, tasks } = this.connection;
    const start = clock.now();
    let looks = 0;
    const pace = (elapsed: number) => Math.min(5000, 250 + elapsed / 8);
    const seen = await until({
      what,
      timeoutMs,
      signal: this.connection.transport.context.signal,
      clock,
      pauseMs: kind === undefined ? pace : (elapsed) => tasks.durations.pause(kind, elapsed, pace),
      look: () => {
        looks++;
        return look();
      },
      done: (state) => "done" in state,
      describe: (state) => ("pending" in state ? state.pending : "done"),
    });
    // What was so at the first look tells nothing about how long it takes.
    if (kind !== undefined && looks > 1) tasks.durations.note(kind, clock.now() - start);
    return (seen as { done: T }).done;
  }

  /** Waits a moment, no longer than the operation lasts. */
  pause(ms: number): Promise<void> {
    return this.connection.clock.sleep(ms, this.connection.transport.context.signal);
  }

  /** Without quorum some calls do half of their work. */
  async assertQuorum(): Promise<void> {
    const cluster = (await this.api.cluster.status.$get()).find(({ type }) => type === "cluster");
    if (cluster && !wire.boolean(cluster["quorate"]))
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

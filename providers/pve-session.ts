import {
  isProxmoxError,
  isVmidTaken,
  parseUpid,
  retryLocked,
  until,
  wire,
  type Api,
  type Connection,
  type Guest,
  type Params,
  type SnapshotNode,
  type SnapshotStorage,
} from "../pve";
import type { Lifeline } from "./runtime/lifeline";
import { readPending, type GuestConfig, type PendingRow } from "./vm/guest-config";
import { SharedView } from "./shared-view";
import type { Call } from "./runtime/call";

interface Surroundings {
  /** The connection itself, for what outlasts the operation. */
  readonly whole: Connection;
  /** When this process began: tasks that are older belong to earlier runs. */
  readonly startedAt: number;
  /** `proxmox:vmids` of the stack. */
  readonly vmids: string | undefined;
  readonly lifeline: Lifeline;
  /** Guests that a creation of this process took over from an earlier run. */
  readonly takenOver: Set<number>;
  /** Guests that this process itself is making. */
  readonly making: Set<number>;
  /** Configs of guests that others are cloned from. */
  readonly templates: Map<number, Promise<GuestConfig>>;
  /** What earlier runs may have left, as last looked up. */
  readonly leftovers: { at: number; found?: Promise<Place[]> };
}

interface Place {
  readonly node: string;
  readonly vmid: number;
}

interface Picture {
  readonly guests: readonly Guest[];
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
}

/** How long a look for what earlier runs have left is shared. */
const leftoversAgeMs = 3000;

const creations = new Set(["qmclone", "qmcreate", "qmrestore"]);

/** The cluster, as one operation on one resource sees it: bounded, abortable, with progress in the resource's row. */
export class Pve {
  readonly api: Api;
  readonly snapshot: SharedView;

  constructor(
    private readonly connection: Connection,
    private readonly surroundings: Surroundings,
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

  /** The config of a guest that others clone, read once for all of them. */
  guestConfig({ node, vmid }: Place): Promise<GuestConfig> {
    const { templates } = this.surroundings;
    let config = templates.get(vmid);
    if (!config) {
      config = this.surroundings.whole.api.nodes
        .$(node)
        .qemu.$(vmid)
        .pending.$get()
        .then((rows) => readPending(rows as unknown as PendingRow[]));
      templates.set(vmid, config);
      config.catch(() => templates.delete(vmid));
    }
    return config;
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
        await this.surroundings.lifeline.assertEngine();
        await this.finish(call, await dispatch(), what);
        return true;
      },
      { look: async () => ((await done()) ? true : undefined), signal: call.signal },
    );
  }

  /** Waits for a task that is running. */
  async wait(call: Call, upid: string, what: string): Promise<void> {
    await this.finish(call, upid, what);
  }

  private async finish(call: Call, reply: unknown, what: string): Promise<void> {
    // Some calls are done at once and answer with null.
    if (typeof reply !== "string" || !reply.startsWith("UPID:")) return;
    const { warnings } = await this.connection.tasks.wait(reply, {
      what,
      timeoutMs: call.remainingMs(),
      signal: call.signal,
      onProgress: ({ percent }) => percent !== undefined && call.report.progress(`${what}: ${Math.round(percent)} %`),
    });
    for (const warning of warnings) call.report.warn(`${what}: ${warning}`);
  }

  /** Changes the config of a guest, as a task, because it may allocate or free a volume. */
  async change(call: Call, { node, vmid }: Place, config: Params, what: string): Promise<void> {
    await this.limits([`vm:${vmid}`], call, () =>
      this.task(call, what, () => this.api.nodes.$(node).qemu.$(vmid).config.$post(config)),
    );
  }

  limits<T>(keys: readonly string[], call: Call, work: () => Promise<T>): Promise<T> {
    return this.connection.limits.run(keys, work, call.signal);
  }

  /** Claims a VMID by creating with it: `make` is called with the next candidate until Proxmox accepts one. */
  async claim(
    call: Call,
    wanted: number | undefined,
    keys: readonly string[],
    make: (vmid: number) => Promise<void>,
  ): Promise<number> {
    const making = async (vmid: number) => {
      this.surroundings.making.add(vmid);
      // A creation that did not get a lock has made nothing. The lock of the VMID itself means that somebody else is
      // claiming it: then the next one is tried instead.
      let taken: unknown;
      await retryLocked(
        async () => {
          try {
            await make(vmid);
          } catch (error) {
            if (!isVmidTaken(error, vmid)) throw error;
            taken = error;
          }
        },
        { look: () => Promise.resolve(undefined), signal: call.signal },
      );
      if (taken !== undefined) throw taken;
    };
    return this.limits(keys, call, async () => {
      if (wanted === undefined) {
        const { vmids } = this.surroundings;
        return (await this.connection.vmids.claim(making, vmids === undefined ? {} : { range: vmids })).vmid;
      }
      await making(wanted);
      return wanted;
    });
  }

  /** Creates a guest; a key that is a config key of a VM is taken as it is. */
  async create(node: string, config: Params): Promise<string> {
    return this.api.nodes.$(node).qemu.$post(config);
  }

  /** The guest is gone; its VMID may be given out again. */
  forget(vmid: number): void {
    this.snapshot.remove(vmid);
    this.connection.vmids.release(vmid);
    this.surroundings.making.delete(vmid);
  }

  get takenOver(): Set<number> {
    return this.surroundings.takenOver;
  }

  /** The engine records what a creation returns within moments; from then on the guest is no longer unfinished. */
  whenRecorded(call: Call, { node, vmid }: Place, description: string): void {
    const { api } = this.surroundings.whole;
    this.surroundings.lifeline.whenRecorded(async () => {
      try {
        await api.nodes.$(node).qemu.$(vmid).config.$put({ description });
      } catch (error) {
        if (!isProxmoxError(error)) throw error;
        call.report.warn(`VM ${vmid} stays marked as unfinished until its next change: ${error.message}`);
      }
    });
  }

  async startGuest(call: Call, { node, vmid }: Place): Promise<void> {
    const power = this.api.nodes.$(node).qemu.$(vmid).status;
    const running = async () => (await power.current.$get()).status === "running";
    try {
      await this.task(call, "starting", () => power.start.$post(), running);
    } catch (error) {
      // An earlier run that still works may have been quicker.
      if (!this.isTaskFailure(error) || !(await running())) throw error;
    }
  }

  /** Answer of the guest agent, or why there is none yet. */
  async agentInterfaces(node: string, vmid: number): Promise<readonly unknown[] | string> {
    try {
      const { result } = await this.api.nodes.$(node).qemu.$(vmid).agent.$("network-get-interfaces").$get();
      return Array.isArray(result) ? (result as unknown[]) : "the guest agent gave no list";
    } catch (error) {
      if (isProxmoxError(error, "refused", "not-found", "unavailable", "timeout")) return error.message;
      throw error;
    }
  }

  /** The one polling loop, with the pace of a guest that boots or of a clone that copies. */
  async until<T>(what: string, look: () => Promise<{ done: T } | { pending: string }>, timeoutMs: number): Promise<T> {
    const seen = await until({
      what,
      timeoutMs,
      signal: this.connection.transport.context.signal,
      pauseMs: (elapsed) => Math.min(5000, 250 + elapsed / 8),
      look,
      done: (state) => "done" in state,
      describe: (state) => ("pending" in state ? state.pending : "done"),
    });
    return (seen as { done: T }).done;
  }

  /** Is a clone or creation at work on this node? */
  async isBeingMade(node: string): Promise<boolean> {
    const tasks = await this.api.nodes.$(node).tasks.$get({ source: "active" });
    return tasks.some(
      ({ type, status }) => creations.has(String(type)) && (status === undefined || status === "RUNNING"),
    );
  }

  /**
   * Guests that an earlier run may have left half-made: by this name, or without one, or locked; and those that tasks
   * of our own account are making, which the cluster may not list yet. Many creations share one look.
   */
  async leftovers(name: string): Promise<Place[]> {
    const { leftovers, making } = this.surroundings;
    if (Date.now() - leftovers.at > leftoversAgeMs || !leftovers.found) {
      leftovers.at = Date.now();
      leftovers.found = this.snapshot.refresh().then(() => this.unfinishedCreations());
    }
    const places = new Map((await leftovers.found).map((place) => [place.vmid, place]));
    for (const row of await this.snapshot.guests()) {
      // What is being cloned or created has no name yet, and the list may lag behind: only its config tells.
      const unclear = !row.name || row.lock !== undefined || row.status === "unknown";
      if (row.type === "qemu" && (row.name === name || unclear)) places.set(row.vmid, row);
    }
    return [...places.values()].filter(({ vmid }) => !making.has(vmid));
  }

  private async unfinishedCreations(): Promise<Place[]> {
    const found: Place[] = [];
    for (const task of await this.api.cluster.tasks.$get()) {
      const upid = parseUpid(wire.string(task["upid"]) ?? "");
      const running = task["status"] === undefined && !task["endtime"];
      if (!upid || !running || !creations.has(upid.type) || upid.user !== this.connection.identity) continue;
      if (upid.startTime * 1000 > this.surroundings.startedAt) continue;
      const vmid = upid.type === "qmclone" ? await this.cloneTarget(upid.node, upid.upid) : Number(upid.id);
      if (vmid !== undefined) found.push({ node: upid.node, vmid });
    }
    return found;
  }

  /** A clone's task is filed under its source; only its log tells what it makes. */
  private async cloneTarget(node: string, upid: string): Promise<number | undefined> {
    const log = await this.api.nodes.$(node).tasks.$(upid).log.$get({ limit: 50 });
    const line = log.map(({ t }) => /with ID (\d+)/.exec(wire.string(t) ?? "")?.[1]).find((id) => id !== undefined);
    return line === undefined ? undefined : Number(line);
  }

  /** Waits until no task holds the guest locked any more. */
  async settled(call: Call, { node, vmid }: Place): Promise<void> {
    await this.until(
      `VM ${vmid} on ${node} is free of the lock of its creation`,
      async () => {
        const { lock } = await this.api.nodes.$(node).qemu.$(vmid).config.$get();
        if (lock !== "clone" && lock !== "create") return { done: undefined };
        if (!(await this.isBeingMade(node)))
          throw new Error(
            `VM ${vmid} on ${node} was left locked (${lock}) by a task that is gone; remove it with "qm unlock ${vmid}" and "qm destroy ${vmid}", then run pulumi up again`,
          );
        return { pending: `locked (${lock})` };
      },
      call.remainingMs(),
    );
  }

  /** Waits for downloads of this file that are running. */
  async waitForDownloads(call: Call, node: string, fileName: string): Promise<void> {
    const tasks = await this.api.nodes.$(node).tasks.$get({ source: "active", typefilter: "download" });
    for (const { upid } of tasks.filter(({ id }) => id === fileName)) {
      call.report.progress(`waiting for a download of ${fileName} that is under way`);
      // How it ended is seen by what is there afterwards.
      await this.connection.tasks
        .wait(wire.string(upid) ?? "", { timeoutMs: call.remainingMs(), signal: call.signal })
        .catch((error: unknown) => {
          if (!this.isTaskFailure(error)) throw error;
        });
    }
  }

  /** The node on which an image's storage is: any, when it is shared. */
  async nodeOfVolume(volumeId: string): Promise<string> {
    const storage = volumeId.split(":")[0];
    const rows = (await this.snapshot.storages()).filter((row) => row.storage === storage && row.available);
    if (rows.length === 1 || rows[0]?.shared) return (rows[0] as SnapshotStorage).node;
    throw new Error(
      rows.length === 0
        ? `node: storage ${storage} of the image is available on no node; name another image`
        : `node: storage ${storage} is local to ${rows.map(({ node }) => node).join(", ")}; name the node that holds the image`,
    );
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

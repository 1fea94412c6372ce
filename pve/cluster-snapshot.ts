import type { Clock } from "./clock";
import { isProxmoxError } from "./errors";
import type { Transport } from "./transport";
import { boolean, integer, list, object, string, strings, type WireObject } from "./wire";

/** A VM or container, as far as the cluster's list tells. */
export interface Guest {
  readonly vmid: number;
  readonly type: "qemu" | "lxc";
  readonly node: string;
  /** Undefined while nobody knows it yet. */
  readonly name: string | undefined;
  readonly status: "running" | "stopped" | "paused" | "unknown";
  readonly template: boolean;
  readonly tags: readonly string[];
  readonly pool: string | undefined;
  /** What holds it locked, such as `clone` or `backup`. */
  readonly lock: string | undefined;
  /** What HA's manager makes of it; none where it is not under HA. */
  readonly ha?: string | undefined;
}

export interface SnapshotNode {
  readonly node: string;
  readonly status: "online" | "offline" | "unknown";
  /** Threads of its CPUs; 0 while nobody knows. */
  readonly maxcpu: number;
  /** Bytes of memory; 0 while nobody knows. */
  readonly maxmem: number;
  /** Bytes of memory in use; 0 while nobody knows. */
  readonly mem: number;
}

/** One storage on one node: a shared storage has a row for each. */
export interface SnapshotStorage {
  readonly storage: string;
  readonly node: string;
  readonly type: string | undefined;
  readonly content: readonly string[];
  readonly shared: boolean;
  readonly available: boolean;
}

interface State {
  readonly guests: Map<number, Guest>;
  readonly nodes: readonly SnapshotNode[];
  readonly storages: readonly SnapshotStorage[];
  readonly readAt: number;
}

/** Our own write, which the list may not show yet: `undefined` means removed. */
interface OwnWrite {
  readonly guest: Guest | undefined;
  readonly at: number;
}

/** pvestatd publishes every 10 s (conformance 11): until then the list may be behind our own writes. */
const LAG_MS = 15_000;
const DEFAULT_MAX_AGE_MS = 60_000;
/** A miss is believed when the list is this young: many misses at once share one read. */
const MISS_AGE_MS = 1_000;

/** One read of /cluster/resources, shared by all resources of a run. */
export class ClusterSnapshot {
  private state: State | undefined;
  private pending: Promise<State> | undefined;
  private readonly own = new Map<number, OwnWrite>();
  private readonly expected = new Set<number>();

  constructor(
    private readonly transport: Transport,
    private readonly clock: Clock,
    private readonly maxAgeMs = DEFAULT_MAX_AGE_MS,
  ) {}

  async guests(): Promise<readonly Guest[]> {
    return [...(await this.current(this.maxAgeMs)).guests.values()];
  }

  async nodes(): Promise<readonly SnapshotNode[]> {
    return (await this.current(this.maxAgeMs)).nodes;
  }

  async storages(): Promise<readonly SnapshotStorage[]> {
    return (await this.current(this.maxAgeMs)).storages;
  }

  /** VMIDs that are taken anywhere in the cluster. Guests that we may not see are missing. */
  async usedVmids(): Promise<ReadonlySet<number>> {
    return new Set((await this.current(this.maxAgeMs)).guests.keys());
  }

  /** The guest, wherever it is; undefined when the cluster has none of that id. */
  async guest(vmid: number): Promise<Guest | undefined> {
    let state = await this.current(this.maxAgeMs);
    if (!state.guests.has(vmid) && !this.own.has(vmid))
      state = await this.current(this.expected.has(vmid) ? 0 : MISS_AGE_MS);
    const guest = state.guests.get(vmid);
    if (!guest || (guest.status !== "unknown" && guest.name !== undefined)) return guest;
    // Of a guest whose node is away nobody can tell more.
    if (state.nodes.some(({ node, status }) => node === guest.node && status === "offline")) return guest;
    return this.direct(guest, state);
  }

  /** Reads again; joins a read that is under way. */
  async refresh(): Promise<void> {
    await this.current(0);
  }

  /** We created a guest of this id: a list without it is out of date, however young it is. */
  expect(vmid: number): void {
    this.expected.add(vmid);
    if (!this.own.get(vmid)?.guest) this.own.delete(vmid);
  }

  /** We created a guest, or know better than the list. */
  put(guest: Guest): void {
    this.own.set(guest.vmid, { guest, at: this.clock.now() });
    this.state?.guests.set(guest.vmid, guest);
  }

  /** We changed a guest; nothing happens when it is not known. */
  patch(vmid: number, change: Partial<Omit<Guest, "vmid">>): void {
    const known = this.state?.guests.get(vmid) ?? this.own.get(vmid)?.guest;
    if (known) this.put({ ...known, ...change });
  }

  /** Somebody else may have changed a guest: what we know better counts no more, and the list is read again. */
  doubt(vmid: number): void {
    this.own.delete(vmid);
    this.state = undefined;
  }

  /** We deleted a guest. */
  remove(vmid: number): void {
    this.own.set(vmid, { guest: undefined, at: this.clock.now() });
    this.expected.delete(vmid);
    this.state?.guests.delete(vmid);
  }

  private async current(maxAgeMs: number): Promise<State> {
    if (this.state && this.clock.now() - this.state.readAt < maxAgeMs) return this.state;
    this.pending ??= this.read().finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async read(): Promise<State> {
    const readAt = this.clock.now();
    const rows = list((await this.transport.request("GET", "/cluster/resources")).data);
    const guests = new Map<number, Guest>();
    for (const row of rows) {
      const guest = parseGuest(row);
      if (guest) guests.set(guest.vmid, guest);
    }
    for (const [vmid, write] of this.own) {
      if (readAt - write.at >= LAG_MS) this.own.delete(vmid);
      else if (write.guest) guests.set(vmid, write.guest);
      else guests.delete(vmid);
    }
    const state: State = {
      guests,
      nodes: rows.filter((row) => row["type"] === "node").map(parseNode),
      storages: rows.filter((row) => row["type"] === "storage").map(parseStorage),
      readAt,
    };
    this.state = state;
    return state;
  }

  /** What the list does not know yet: from the guest's own configuration. */
  private async direct(guest: Guest, state: State): Promise<Guest | undefined> {
    const base = `/nodes/${guest.node}/${guest.type}/${guest.vmid}`;
    try {
      const [config, status] = await Promise.all([
        this.transport.request("GET", `${base}/config`),
        this.transport.request("GET", `${base}/status/current`),
      ]);
      const fields = object(config.data);
      const seen: Guest = {
        ...guest,
        name: string(fields["name"] ?? fields["hostname"]),
        template: boolean(fields["template"]),
        tags: strings(fields["tags"]),
        lock: string(fields["lock"]),
        status: parseStatus(object(status.data)["status"]),
      };
      state.guests.set(guest.vmid, seen);
      return seen;
    } catch (error) {
      // Its node is away: the list's row is all there is. Gone meanwhile: the list is behind a deletion.
      if (isProxmoxError(error, "unavailable", "timeout")) return guest;
      if (isProxmoxError(error, "not-found")) return undefined;
      throw error;
    }
  }
}

function parseStatus(value: unknown): Guest["status"] {
  return value === "running" || value === "stopped" || value === "paused" ? value : "unknown";
}

function parseGuest(row: WireObject): Guest | undefined {
  const [vmid, node, type] = [integer(row["vmid"]), string(row["node"]), row["type"]];
  if (vmid === undefined || node === undefined || (type !== "qemu" && type !== "lxc")) return undefined;
  return {
    vmid,
    node,
    type,
    name: string(row["name"]),
    status: parseStatus(row["status"]),
    template: boolean(row["template"]),
    tags: strings(row["tags"]),
    pool: string(row["pool"]),
    lock: string(row["lock"]),
    ...(string(row["hastate"]) === undefined ? {} : { ha: string(row["hastate"]) }),
  };
}

function parseNode(row: WireObject): SnapshotNode {
  const status = row["status"];
  return {
    node: string(row["node"]) ?? "",
    status: status === "online" || status === "offline" ? status : "unknown",
    maxcpu: integer(row["maxcpu"]) ?? 0,
    maxmem: integer(row["maxmem"]) ?? 0,
    mem: integer(row["mem"]) ?? 0,
  };
}

function parseStorage(row: WireObject): SnapshotStorage {
  return {
    storage: string(row["storage"]) ?? "",
    node: string(row["node"]) ?? "",
    type: string(row["plugintype"]),
    content: strings(row["content"]),
    shared: boolean(row["shared"]),
    available: row["status"] === "available",
  };
}

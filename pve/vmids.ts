import { isProxmoxError, ProxmoxError } from "./errors";
import type { ClusterSnapshot } from "./cluster-snapshot";
import type { Transport } from "./transport";
import { parsePropertyString } from "./format/property-string";
import { integer, object } from "./wire";

/** Inclusive. */
interface VmidRange {
  readonly first: number;
  readonly last: number;
}

/** Proxmox's own bounds (PVE/JSONSchema.pm pve-vmid). */
const LOWEST = 100;
const HIGHEST = 999_999_999;

/** "2000-2999, 5000": ids and ranges, in the order of preference. */
function parseVmidRanges(text: string): VmidRange[] {
  const ranges = text
    .split(/[\s,;]+/)
    .filter((part) => part !== "")
    .map((part) => {
      const match = /^(\d+)(?:-(\d+))?$/.exec(part);
      const first = Number(match?.[1]);
      const last = Number(match?.[2] ?? match?.[1]);
      if (!match || first < LOWEST || last > HIGHEST || last < first)
        throw new ProxmoxError({
          kind: "invalid",
          message: `'${part}' is no VMID range: give ids or first-last between ${LOWEST} and ${HIGHEST}.`,
        });
      return { first, last };
    });
  if (ranges.length === 0) throw new ProxmoxError({ kind: "invalid", message: "The VMID range is empty." });
  return ranges;
}

interface ClaimOptions {
  /** Where to look for an id; the datacenter's `next-id` range unless given. */
  readonly range?: string | undefined;
}

/**
 * Gives out VMIDs. Proxmox reserves nothing (`/cluster/nextid` only looks), so an id is claimed by creating the guest:
 * when someone was faster, the next one is tried.
 */
export class Vmids {
  constructor(
    private readonly transport: Transport,
    private readonly snapshot: ClusterSnapshot,
    private readonly reserved = new Set<number>(),
    private readonly taken = new Set<number>(),
    private readonly shared: { range?: Promise<VmidRange> } = {},
  ) {}

  /** The same reservations for another call context. */
  with(transport: Transport): Vmids {
    return new Vmids(transport, this.snapshot, this.reserved, this.taken, this.shared);
  }

  /**
   * Calls `create` with free ids until one of them is ours. `create` must wait for the task: for some operations
   * only its exit status says that the id was taken.
   */
  async claim<T>(
    create: (vmid: number) => Promise<T>,
    options: ClaimOptions = {},
  ): Promise<{ readonly vmid: number; readonly value: T }> {
    const ranges = options.range === undefined ? [await this.datacenterRange()] : parseVmidRanges(options.range);
    const used = await this.snapshot.usedVmids();
    for (const vmid of each(ranges)) {
      if (used.has(vmid) || this.reserved.has(vmid) || this.taken.has(vmid)) continue;
      this.reserved.add(vmid);
      try {
        const value = await create(vmid);
        this.taken.add(vmid);
        this.snapshot.expect(vmid);
        return { vmid, value };
      } catch (error) {
        if (!isVmidTaken(error, vmid)) throw error;
        // Also by guests that we may not see, or that are not in the list yet.
        this.taken.add(vmid);
      } finally {
        this.reserved.delete(vmid);
      }
    }
    const text = ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(", ");
    throw new ProxmoxError({
      kind: "conflict",
      message: `No free VMID in ${text}${options.range === undefined ? " (the datacenter's next-id range)" : ""}. Widen the range or delete guests.`,
    });
  }

  /** How many ids are free, counted up to `enough`. */
  async countFree(enough: number, options: ClaimOptions = {}): Promise<number> {
    const ranges = options.range === undefined ? [await this.datacenterRange()] : parseVmidRanges(options.range);
    const used = await this.snapshot.usedVmids();
    let free = 0;
    for (const vmid of each(ranges)) {
      if (free >= enough) break;
      if (!used.has(vmid) && !this.taken.has(vmid)) free++;
    }
    return free;
  }

  /** The id may be given out again: its guest was deleted. */
  release(vmid: number): void {
    this.taken.delete(vmid);
  }

  private datacenterRange(): Promise<VmidRange> {
    this.shared.range ??= this.readRange().catch((error: unknown) => {
      delete this.shared.range;
      throw error;
    });
    return this.shared.range;
  }

  private async readRange(): Promise<VmidRange> {
    // Without Sys.Audit the option is left out of the answer, not refused (conformance 17).
    const option = object((await this.transport.request("GET", "/cluster/options")).data)["next-id"];
    const fields = typeof option === "string" ? parsePropertyString(option) : object(option);
    const upper = integer(fields["upper"]) ?? 1_000_000;
    // `upper` is exclusive (PVE/API2/Cluster.pm next_id).
    return { first: integer(fields["lower"]) ?? LOWEST, last: upper - 1 };
  }
}

function* each(ranges: readonly VmidRange[]): Generator<number> {
  for (const { first, last } of ranges) for (let vmid = first; vmid <= last; vmid++) yield vmid;
}

/** Did this fail because the VMID belongs to another guest? (and not because, say, a disk of that name exists) */
export function isVmidTaken(error: unknown, vmid: number): boolean {
  if (!isProxmoxError(error, "conflict", "invalid", "locked", "refused")) return false;
  const texts = [error.said ?? "", ...Object.values(error.errors)];
  const taken = new RegExp(
    // PVE/Cluster.pm check_vmid_unused; PVE/AbstractConfig.pm create_and_lock_config; conformance 02, 04.
    // A lock on an id that is just being claimed is held by whoever claims it too (PVE/AbstractConfig.pm lock_config).
    `(?:VM|CT) ${vmid} already exists|unable to create (?:VM|CT) ${vmid}: config file already exists|lock-${vmid}\\.conf' - got timeout|` +
      // A clone writes its file when its worker runs; another node's guest has one of this name (PVE/Tools.pm).
      `atomic file '/etc/pve/nodes/[^/']+/(?:qemu-server|lxc)/${vmid}\\.conf' failed: File exists`,
  );
  return texts.some((text) => taken.test(text));
}

import type { Pve } from "../../kernel/session/pve-session";

/** What a Vm of the program says of itself, to be compared with the others. */
export interface DeclaredGuest {
  readonly name: string | undefined;
  /** Static addresses, each with the network that it is in. */
  readonly addresses: readonly { readonly ip: string; readonly network: string | undefined }[];
}

/** A guest that was read, as far as others may collide with it. */
interface ReadGuest {
  readonly name: string | undefined;
  readonly mark: string | undefined;
  readonly ips: readonly string[];
}

/** What the checks and operations of one run know of each other's VMs. */
export class RunMemory {
  /** Every VM of the program that was checked, by URN. */
  readonly declared = new Map<string, DeclaredGuest>();
  /** Owner's marks of those VMs. */
  readonly marks = new Set<string>();
  /** VMIDs that the program chose, by URN. */
  readonly vmids = new Map<string, number>();
  /** Volumes on storages of nodes, as far as they were asked for; undefined where they cannot be told. */
  readonly listings = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  /** Resources that will need a VMID of Proxmox's or the stack's range. */
  readonly needingVmids = new Set<string>();
  /** Static addresses of guests that were read for some other reason, by VMID. */
  readonly read = new Map<number, ReadGuest>();
  /** How many superseded versions a template of this mark keeps, as the newest version says. */
  readonly keep = new Map<string, number>();
  /** Node that was chosen for a VM that must be made elsewhere first, by owner's mark. */
  readonly chosen = new Map<string, string>();
  private used: ReadonlyMap<string, number> | undefined;
  private readonly promised = new Map<string, number>();

  /** Free memory of a node in bytes: as first seen in this run, less what the run itself has promised since. */
  freeMemory(nodes: readonly { node: string; mem: number; maxmem: number }[], node: string): number {
    this.used ??= new Map(nodes.map((row) => [row.node, row.mem]));
    const row = nodes.find((candidate) => candidate.node === node);
    return (row?.maxmem ?? 0) - (this.used.get(node) ?? row?.mem ?? 0) - (this.promised.get(node) ?? 0);
  }

  promise(node: string, bytes: number): void {
    this.promised.set(node, (this.promised.get(node) ?? 0) + bytes);
  }
}

const makeRunMemory = () => new RunMemory();

export const runMemory = (pve: Pve): RunMemory => pve.memory("vm: this run", makeRunMemory);

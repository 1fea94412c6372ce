import type { Guest, ClusterSnapshot, SnapshotNode, SnapshotStorage } from "../../../pve";
import { untilAborted } from "../call/until-aborted";

/** The shared picture of the cluster, for one operation: its waits end with the operation, the read goes on. */
export class SharedView {
  constructor(
    private readonly snapshot: ClusterSnapshot,
    private readonly signal: AbortSignal | undefined,
  ) {}

  guests = (): Promise<readonly Guest[]> => untilAborted(this.signal, this.snapshot.guests());
  nodes = (): Promise<readonly SnapshotNode[]> => untilAborted(this.signal, this.snapshot.nodes());
  storages = (): Promise<readonly SnapshotStorage[]> => untilAborted(this.signal, this.snapshot.storages());
  guest = (vmid: number): Promise<Guest | undefined> => untilAborted(this.signal, this.snapshot.guest(vmid));
  refresh = (): Promise<void> => untilAborted(this.signal, this.snapshot.refresh());

  put = (guest: Guest): void => this.snapshot.put(guest);
  patch = (vmid: number, change: Partial<Omit<Guest, "vmid">>): void => this.snapshot.patch(vmid, change);
  doubt = (vmid: number): void => this.snapshot.doubt(vmid);
  remove = (vmid: number): void => this.snapshot.remove(vmid);
}

import type { Guest, Snapshot, SnapshotNode, SnapshotStorage } from "../pve";

/** The shared picture of the cluster, for one operation: its waits end with the operation, the read goes on. */
export class SharedView {
  constructor(
    private readonly snapshot: Snapshot,
    private readonly signal: AbortSignal | undefined,
  ) {}

  guests = (): Promise<readonly Guest[]> => this.during(this.snapshot.guests());
  nodes = (): Promise<readonly SnapshotNode[]> => this.during(this.snapshot.nodes());
  storages = (): Promise<readonly SnapshotStorage[]> => this.during(this.snapshot.storages());
  guest = (vmid: number): Promise<Guest | undefined> => this.during(this.snapshot.guest(vmid));
  refresh = (): Promise<void> => this.during(this.snapshot.refresh());

  put = (guest: Guest): void => this.snapshot.put(guest);
  patch = (vmid: number, change: Partial<Omit<Guest, "vmid">>): void => this.snapshot.patch(vmid, change);
  remove = (vmid: number): void => this.snapshot.remove(vmid);

  private during<T>(read: Promise<T>): Promise<T> {
    const { signal } = this;
    if (!signal) return read;
    return new Promise((resolve, reject) => {
      const aborted = () => reject(signal.reason as Error);
      if (signal.aborted) aborted();
      signal.addEventListener("abort", aborted, { once: true });
      read.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
    });
  }
}

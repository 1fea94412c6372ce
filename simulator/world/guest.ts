/** One guest: its configuration in the cluster file system and what runs of it on its node. */
export interface Guest {
  vmid: number;
  type: "qemu" | "lxc";
  node: string;
  /** The configuration file without its pending section and snapshots. */
  config: Record<string, string>;
  pending: Record<string, string>;
  /** Keys that the next start removes; the value says whether forced. */
  pendingDelete: Record<string, { force: boolean }>;
  snapshots: Record<string, GuestSnapshot>;
  /** Present while it runs. */
  running?: RunningGuest;
}

export interface GuestSnapshot {
  config: Record<string, string>;
  snaptime: number;
  description?: string;
  parent?: string;
  vmstate?: string;
}

export interface RunningGuest {
  pid: number;
  /** Simulated milliseconds since the epoch. */
  since: number;
  paused?: boolean;
  /** The configuration that it was started with, plus what was hot-plugged. */
  config: Record<string, string>;
}

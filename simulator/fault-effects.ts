/** Where in its work a task is disturbed: after so many steps, or when its log shows so many percent. */
interface Moment {
  readonly steps?: number;
  readonly percent?: number;
}

/** What happens to a request. */
export type RequestEffect =
  | { readonly kind: "latency"; readonly ms: number }
  /** The connection is reset; `handled`: after the call took effect. */
  | { readonly kind: "reset"; readonly handled?: boolean }
  /** A reply that is not Proxmox's API speaking: 595, 596, 599, 500 with a text. */
  | { readonly kind: "status"; readonly status: number; readonly reason: string; readonly handled?: boolean }
  /** The ticket or token is taken for invalid. */
  | { readonly kind: "ticket" };

/** What happens to a worker process. */
export type WorkerEffect =
  | ({ readonly kind: "task-fail"; readonly text: string } & Moment)
  | ({ readonly kind: "task-hang" } & Moment)
  /** It ends with its machine, as at a power cut: what it has done stays, and nothing of its own clean-up runs. */
  | ({ readonly kind: "task-killed" } & Moment)
  /** Every step of a task that moves data takes so many times as long. */
  | { readonly kind: "slow-disk"; readonly factor: number };

/** What is otherwise than usual while a request is answered or a task runs. */
export type Condition =
  /** Somebody else holds a lock: a file below /var/lock, or one of the cluster file system (`storage.cfg`). */
  | { readonly kind: "lock"; readonly file: string }
  /** The nodes (or this one) see no quorum. */
  | { readonly kind: "no-quorum"; readonly node?: string }
  | { readonly kind: "node-down"; readonly node: string }
  /** After a join pveproxy goes on with the node's old certificate, until somebody restarts it. */
  | { readonly kind: "old-certificate"; readonly node?: string }
  | { readonly kind: "storage-full"; readonly storage: string; readonly node?: string }
  /** The daemon cannot fork: no task is started. */
  | { readonly kind: "no-worker" }
  /** An image of a directory is deleted while the storage's content is listed; the listing dies of it. */
  | { readonly kind: "vanishing-image"; readonly storage?: string }
  | { readonly kind: "silent-agent"; readonly vmid?: number }
  /** A reboot gives each disk of the node the kernel name of its neighbour. */
  | { readonly kind: "disks-renamed"; readonly node?: string }
  /** /cluster/resources shows what nodes reported up to so many seconds ago; a newer guest has no name and status. */
  | { readonly kind: "lag"; readonly seconds: number };

/** What is otherwise than usual with the machines for as long as the fault's time lasts, whoever asks. */
export type StandingEffect =
  | { readonly kind: "disk-dead"; readonly node: string; readonly serial: string }
  /** OSDs on the disk answer late: the cluster says so. */
  | { readonly kind: "disk-slow"; readonly node: string; readonly serial: string }
  /** An OSD goes down and comes back every few seconds. */
  | { readonly kind: "osd-flapping"; readonly osd: number }
  | { readonly kind: "monitor-gone"; readonly monitor?: string }
  /** Nothing is copied, though PGs wait for it. */
  | { readonly kind: "backfill-stuck" }
  | { readonly kind: "clock-skew"; readonly monitor: string; readonly seconds: number }
  /** OSDs look as full as this, from 0 to 1. */
  | { readonly kind: "osd-fullness"; readonly osd?: number; readonly ratio: number };

export type FaultEffect = RequestEffect | WorkerEffect | Condition | StandingEffect;

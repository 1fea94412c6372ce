/** A task's id: `UPID:<node>:<pid>:<pstart>:<starttime>:<type>:<id>:<user>:` (PVE/UPID.pm). */
export interface Upid {
  readonly upid: string;
  /** Where the task runs: ask this node about it. */
  readonly node: string;
  readonly pid: number;
  readonly pstart: number;
  /** Seconds since the epoch. */
  readonly startTime: number;
  /** Such as `qmcreate`. */
  readonly type: string;
  /** What it works on, such as the VMID; may be empty. */
  readonly id: string;
  /** May be an API token's id. */
  readonly user: string;
}

const UPID =
  /^UPID:([a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\s]+):([^:\s]*):([^:\s]+):$/;

export function parseUpid(text: string): Upid | undefined {
  const match = UPID.exec(text);
  if (!match) return undefined;
  const [upid, node, pid, pstart, startTime, type, id, user] = match as unknown as [string, ...string[]] &
    Record<1 | 2 | 3 | 4 | 5 | 6 | 7, string>;
  return {
    upid,
    node,
    pid: parseInt(pid, 16),
    pstart: parseInt(pstart, 16),
    startTime: parseInt(startTime, 16),
    type,
    id,
    user,
  };
}

export const isUpid = (value: unknown): value is string => typeof value === "string" && parseUpid(value) !== undefined;

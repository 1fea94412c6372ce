import type { Connection, Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Answers } from "./answers";
import type { NodeSwitch } from "./node-switch";

/** A change of what reaches the nodes, as it is to be made with a way back. */
export interface SwitchedChange {
  readonly call: Call;
  readonly connection: Connection;
  readonly ssh: Ssh;
  /** Whose runs these are. */
  readonly stack: string;
  /** In a sentence: "rules of the datacenter". */
  readonly what: string;
  /** The one file that it writes. */
  readonly file: string;
  /** The nodes that filter by it. */
  readonly nodes: readonly string[];
  /** Those of them whose filter is proxmox-firewall then. */
  readonly nftables: ReadonlySet<string>;
  /** Those that nobody gets through to, and that it plainly only opens: without SSH they are left out. */
  readonly mayBeLeftOut: ReadonlySet<string>;
  /** Does any node filter by the new files? Else it does not matter that a daemon is stopped. */
  readonly filters: boolean;
  readonly restoreMs: number;
  /** Sends it; the call that it is given ends it in time. */
  work(call: Call): Promise<void>;
}

/** The same while its timers are armed. */
export interface ArmedChange extends SwitchedChange {
  readonly before: Answers;
  /** What is not asked after the change, for it did not answer before, in words. */
  readonly unasked: readonly string[];
  /** Those that filter nothing as long as this lasts. */
  readonly idle: ReadonlySet<string>;
  readonly old: Buffer;
  readonly armedAt: number;
  readonly switches: readonly NodeSwitch[];
}

/** Who looks at its nodes. */
export const askerOf = ({ connection, ssh, nodes, call }: ArmedChange) => ({
  connection,
  ssh,
  nodes,
  signal: call.signal,
});

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

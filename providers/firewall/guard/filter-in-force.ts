import type { Clock, Ssh } from "../../../pve";
import { stepMs } from "../../kernel/way-back/node-timer";
import { notArrived, notCompiled, still, unlessAway, type NotCompiled } from "./compiled";
import { runs } from "./halted-daemons";

/** What the nodes are to filter by. */
interface Written {
  readonly nodes: readonly string[];
  /** Those whose filter is proxmox-firewall then, which does not tell whether it is done. */
  readonly nftables: ReadonlySet<string>;
  /** Those whose daemon is stopped as long as this lasts. */
  readonly idle: ReadonlySet<string>;
  /** Does anything filter with it? */
  readonly filters: boolean;
  readonly file: string;
  readonly content: Buffer;
}

/** proxmox-firewall reads its files every five seconds: twice that, and it has read them. */
const nftablesMs = 10_000;

/** While this file is there proxmox-firewall does nothing: pve-firewall takes it away when it leaves the filtering to it. */
const keptOff = "/run/proxmox-nftables-firewall-force-disable";

/** Does pve-firewall keep proxmox-firewall from filtering? */
export const isKeptOff = async (ssh: Ssh, node: string, signal: AbortSignal): Promise<boolean> =>
  (await ssh.exec(node, ["test", "-e", keptOff], { signal, timeoutMs: stepMs })).code === 0;

/** Looks whether the nodes have taken over what was written. */
export class FilterInForce {
  /** Since when proxmox-firewall of a node has had what it needs. */
  private readonly since = new Map<string, number>();

  constructor(
    private readonly ssh: Ssh,
    private readonly clock: Clock,
    private readonly written: Written,
  ) {}

  /** Nodes whose filter is not yet what was written, over new connections. */
  async late(signal: AbortSignal): Promise<NotCompiled[]> {
    const fresh = this.ssh.afresh();
    try {
      const { nodes } = this.written;
      const found = await Promise.all(
        nodes.map((node) => unlessAway(node, signal, () => this.lateOn(fresh, node, signal))),
      );
      return found.filter((one) => one !== undefined);
    } finally {
      fresh.close();
    }
  }

  private async lateOn(ssh: Ssh, node: string, signal: AbortSignal): Promise<NotCompiled | undefined> {
    const { file, content, idle, nftables } = this.written;
    const late = await notArrived(ssh, node, file, content, signal);
    if (late || idle.has(node)) return late;
    return nftables.has(node) ? this.nftablesLate(ssh, node, signal) : notCompiled(ssh, node, signal);
  }

  private async nftablesLate(ssh: Ssh, node: string, signal: AbortSignal): Promise<NotCompiled | undefined> {
    const { since, clock } = this;
    if (!(await runs(ssh, node, "proxmox-firewall", signal))) return still(`proxmox-firewall of ${node} does not run`);
    if (this.written.filters && (await isKeptOff(ssh, node, signal))) {
      since.delete(node);
      return still(`pve-firewall of ${node} has not left the filtering to proxmox-firewall yet`);
    }
    const from = since.get(node) ?? clock.now();
    since.set(node, from);
    return clock.now() - from < nftablesMs ? still(`proxmox-firewall of ${node} may not have read it`) : undefined;
  }
}

import type { Clock } from "./clock";
import { isProxmoxError } from "./errors";
import { list } from "./wire";

/** One look serves all calls that meet the same outage. */
const SHARED_MS = 3_000;

/**
 * Which nodes the rest of the cluster knows to be away. Asked when a node does not answer: one that is away is reported
 * at once, one that is only slow is asked again.
 */
export class NodePresence {
  private last: { readonly at: number; readonly offline: Promise<ReadonlySet<string>> } | undefined;

  constructor(
    private readonly clock: Clock,
    /** GET /cluster/resources of type node: told to everybody, whatever the rights. */
    private readonly read: () => Promise<unknown>,
  ) {}

  /** Unknown is not offline: then the outage itself is all that can be told. */
  async isOffline(node: string): Promise<boolean> {
    const now = this.clock.now();
    if (!this.last || now - this.last.at >= SHARED_MS) this.last = { at: now, offline: this.ask() };
    return (await this.last.offline).has(node);
  }

  private async ask(): Promise<ReadonlySet<string>> {
    try {
      const rows = list(await this.read()).filter(({ type, status }) => type === "node" && status === "offline");
      return new Set(rows.map(({ node }) => String(node)));
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return new Set();
    }
  }
}

/** The node that a path is about. */
export const nodeOf = (path: string): string | undefined => {
  const [, node] = /^\/nodes\/([^/]+)\//.exec(path) ?? [];
  return node === undefined ? undefined : decodeURIComponent(node);
};

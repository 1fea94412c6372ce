import { isProxmoxError, printable, type Connection } from "../../pve";
import { Commit, type CommitMember, type CommitPart } from "../kernel/commit/commit";
import type { Pve } from "../kernel/session/pve-session";
import { readView as readNetwork } from "../network/view";
import { turnOfNetworks } from "../network/turn-of-networks";
import { apply, lacking, type Applied } from "./sdn-apply";
import { SdnLock } from "./sdn-lock";
import { membersOf } from "./sdn-nodes";
import { restore } from "./sdn-restore";
import { differences, readView, shown, type SdnDifference, type SdnView } from "./sdn-view";

/** What is staged and not applied: of SDN, or of the interfaces of a node, which a reload of SDN would apply too. */
export type SdnChange = SdnDifference | { readonly node: string; readonly diff: string };

/** What a round holds. */
export interface SdnHeld {
  /** What was applied before it began. */
  before: SdnView | undefined;
  /** As it was seen last. */
  view: SdnView;
  readonly connection: Connection;
  readonly lock: SdnLock;
  /** Zones that the round has to do with. */
  readonly zones: Set<string>;
}

export type SdnPart = CommitPart<SdnChange, SdnHeld>;

const makeSdn = () => ({ one: undefined as ClusterSdn | undefined });

/** The SDN of the cluster, as all resources of this process change it. */
export function clusterSdn(pve: Pve): ClusterSdn {
  const memory = pve.memory("sdn: cluster", makeSdn);
  return (memory.one ??= new ClusterSdn(pve));
}

class ClusterSdn {
  private readonly commit: Commit<SdnChange, SdnHeld, Applied>;
  private seen: Promise<SdnView> | undefined;
  private members: CommitMember[] = [];

  constructor(private pve: Pve) {
    this.commit = new Commit(
      {
        name: "the SDN of the cluster",
        remedy: "apply it or roll it back in Datacenter > SDN (and System > Network of a node)",
        hold: (work) => this.hold(work),
        pending: (held, signal) => this.pending(held, signal),
        show: (changes) => changes.map((one) => ("node" in one ? ofNode(one) : printable(shown(one)))).join("\n"),
        apply: (held, signal) => this.apply(held, signal),
      },
      pve.process.connection.clock,
    );
  }

  /** The SDN as last seen by this process. */
  view(pve: Pve, fresh = false): Promise<SdnView> {
    if (this.seen && !fresh) return this.seen;
    const reading = readView(pve.process.connection);
    this.seen = reading;
    reading.catch(() => {
      if (this.seen === reading) this.seen = undefined;
    });
    return reading;
  }

  /** Somebody is being checked who may come to change something. */
  expect(): () => void {
    return this.commit.expect();
  }

  /** Takes part in the next change; it is in effect on every node afterwards, or everything is as it was. */
  async arrive(pve: Pve, member: CommitMember, part: SdnPart): Promise<Applied | undefined> {
    this.pve = pve;
    this.members.push(member);
    try {
      return await this.commit.arrive(member, part);
    } finally {
      this.members = this.members.filter((one) => one !== member);
    }
  }

  private hold<T>(work: (held: SdnHeld) => Promise<T>): Promise<T> {
    const { pve } = this;
    const { connection } = pve.process;
    return turnOfNetworks(pve, async () => {
      const held: SdnHeld = {
        before: undefined,
        view: await readView(connection),
        connection,
        // What nobody claims ends the round before anything is sent, so that what was staged then is ours.
        lock: new SdnLock(
          connection,
          connection.clock,
          undefined,
          async () => differences(held.view.running, held.view.config).length > 0,
          (text) => this.progress(text),
        ),
        zones: new Set(),
      };
      try {
        return await work(held);
      } finally {
        this.seen = undefined;
        await held.lock.release();
      }
    });
  }

  private async pending(held: SdnHeld, signal: AbortSignal): Promise<readonly SdnChange[]> {
    const connection = this.pve.process.connection.with({ signal });
    const view = await readView(connection);
    held.view = view;
    held.before ??= view;
    const { online } = await membersOf(connection);
    const nodes = await Promise.all(
      online.map(async (node) => {
        const { changes } = await readNetwork(connection, node);
        return changes === undefined ? [] : [{ node, diff: changes }];
      }),
    );
    return [...differences(view.running, view.config), ...nodes.flat()];
  }

  private async apply(held: SdnHeld, signal: AbortSignal): Promise<Applied> {
    const { connection } = this.pve.process;
    const progress = (text: string): void => this.progress(text);
    const before = held.before ?? held.view;
    const applied = await apply({ connection, held, signal, progress });
    if (applied.failures.size === 0) return applied;
    const failed = lacking(applied.failures);
    progress(`${failed}; putting back what was there before`);
    // Nothing stops it in its midst but the end of the process.
    throw new Error(`${failed}. ${await restored(connection, before, held, progress)}`);
  }

  private progress(text: string): void {
    for (const { signal, progress } of this.members) if (!signal.aborted) progress(text);
  }
}

const ofNode = ({ node, diff }: { readonly node: string; readonly diff: string }): string =>
  `interfaces of ${node}, which a reload of SDN would apply too:\n${printable(diff)}`;

async function restored(
  connection: Connection,
  before: SdnView,
  held: SdnHeld,
  progress: (text: string) => void,
): Promise<string> {
  try {
    return await restore({ connection, before: before.running, zones: held.zones, progress });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why = isProxmoxError(error) ? error.message : error.message;
    return `What was there before could not be put back: ${why}`;
  }
}

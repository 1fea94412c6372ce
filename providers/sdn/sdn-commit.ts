import type { Connection } from "../../pve";
import { Commit, type CommitMember, type CommitPart } from "../kernel/commit/commit";
import type { Pve } from "../kernel/session/pve-session";
import { turnOfNetworks } from "../network/turn-of-networks";
import { apply, beforeApply, lacking, viewAfter, type Applied, type BeforeApply } from "./sdn-apply";
import { SdnLock } from "./sdn-lock";
import { membersOf } from "./sdn-nodes";
import { readPending, shownChanges, type SdnChange } from "./sdn-pending";
import { restore } from "./sdn-restore";
import { WayBack } from "./sdn-way-back";
import { differences, readView, type SdnView } from "./sdn-view";

/** What a round holds. */
export interface SdnHeld {
  /** What was applied before it began. */
  before: SdnView | undefined;
  /** As it was seen last. */
  view: SdnView;
  /** What the apply is judged by, once all is staged. */
  judged: BeforeApply | undefined;
  readonly connection: Connection;
  readonly lock: SdnLock;
  /** Zones that the round has to do with. */
  readonly zones: Set<string>;
  readonly controllers: Set<string>;
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
  /** Those who take part, or wait for the next round. */
  private present: { readonly member: CommitMember; readonly part: SdnPart }[] = [];

  constructor(private pve: Pve) {
    this.commit = new Commit(
      {
        name: "the SDN of the cluster",
        remedy: "apply it or roll it back in Datacenter > SDN (and System > Network of a node)",
        hold: (work) => this.hold(work),
        pending: (held, signal) => this.pending(held, signal),
        prepare: (held, signal) => this.prepare(held, signal),
        show: shownChanges,
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
    const entry = { member, part };
    this.present.push(entry);
    try {
      return await this.commit.arrive(member, part);
    } finally {
      this.present = this.present.filter((one) => one !== entry);
    }
  }

  private hold<T>(work: (held: SdnHeld) => Promise<T>): Promise<T> {
    const { pve } = this;
    const { connection } = pve.process;
    return turnOfNetworks(pve, async () => {
      const held: SdnHeld = {
        before: undefined,
        judged: undefined,
        view: await readView(connection),
        connection,
        lock: new SdnLock(
          connection,
          connection.clock,
          undefined,
          async () => {
            const { ours, strange } = await this.staged(connection);
            return ours && strange.length === 0;
          },
          (text) => this.progress(text),
        ),
        zones: new Set(),
        controllers: new Set(),
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
    const { online } = held.judged ?? (await membersOf(connection));
    const read = () => readPending(connection, online, false);
    let seen = await read();
    if (held.before === undefined && (await this.endWayBack(online, seen.view, seen.changes))) seen = await read();
    held.view = seen.view;
    held.before ??= seen.view;
    return seen.changes;
  }

  /** A run that was killed while it put things back has left that staged: it is ended before anything else begins. */
  private async endWayBack(online: readonly string[], view: SdnView, changes: readonly SdnChange[]): Promise<boolean> {
    if (changes.every(this.isOurs)) return false;
    const { connection } = this.pve.process;
    const wayBack = await WayBack.left(this.pve, connection, online, changes);
    if (wayBack === undefined) return false;
    this.progress("an interrupted run was putting back what was there before its apply; that is ended first");
    const { said, isBack } = await restore({
      ...{ connection, before: wayBack.before(view.running), judged: await beforeApply(connection, view) },
      ...{ zones: new Set<string>(), isLeft: (change) => wayBack.has(change), begin: async () => undefined },
      progress: (text) => this.progress(text),
    });
    if (!isBack) throw new Error(`an interrupted run was putting back what was there before its apply. ${said}`);
    this.progress(said);
    await WayBack.end(this.pve, online);
    return true;
  }

  /** The apply then follows the last look at once. Where an earlier run has staged all of it, nobody has the lock yet. */
  private async prepare(held: SdnHeld, signal: AbortSignal): Promise<void> {
    const connection = this.pve.process.connection.with({ signal });
    const view = await readView(connection);
    if (differences(view.running, view.config).length > 0) await held.lock.held();
    held.judged = await beforeApply(connection, view);
  }

  /** What is staged now of those who are here, and of others. */
  private async staged(connection: Connection): Promise<{ ours: boolean; strange: readonly SdnChange[] }> {
    const { changes } = await readPending(connection, (await membersOf(connection)).online, false);
    return { ours: changes.some(this.isOurs), strange: changes.filter((change) => !this.isOurs(change)) };
  }

  private readonly isOurs = (change: SdnChange): boolean => this.present.some(({ part }) => part.claims(change));

  private async apply(held: SdnHeld, signal: AbortSignal): Promise<Applied> {
    const { connection } = this.pve.process;
    const progress = (text: string): void => this.progress(text);
    const before = held.before ?? held.view;
    const judged = held.judged ?? (await beforeApply(connection, held.view));
    const wasStaged = differences(held.view.running, held.view.config).length > 0;
    const staged = async () => {
      // When it was carried out, nodes may be away by now, and what is staged on them does not matter any more.
      const now = await viewAfter(connection, signal);
      const isLeft = differences(now.running, now.config).some(this.isOurs);
      return wasStaged && !isLeft ? { ours: false, strange: [] } : this.staged(connection);
    };
    const applied = await apply({ connection, held, before: judged, staged, wasStaged, signal, progress });
    if (applied.failures.size === 0) return applied;
    const failed = lacking(applied.failures);
    progress(`${failed}; putting back what was there before`);
    // Nothing stops it in its midst but the end of the process.
    throw new Error(`${failed}. ${await this.restored(before, judged, held)}`);
  }

  private async restored(before: SdnView, judged: BeforeApply, held: SdnHeld): Promise<string> {
    const { pve } = this;
    try {
      const { said, isBack } = await restore({
        ...{ connection: pve.process.connection, before: before.running, judged, zones: held.zones },
        begin: (changes) => WayBack.begin(pve, judged.online, changes),
        progress: (text) => this.progress(text),
      });
      if (isBack) await WayBack.end(pve, judged.online);
      return said;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return `What was there before could not be put back: ${error.message}`;
    }
  }

  private progress(text: string): void {
    for (const { member } of this.present) if (!member.signal.aborted) member.progress(text);
  }
}

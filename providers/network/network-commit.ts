import { isProxmoxError, printable, type Ssh } from "../../pve";
import { Commit, type CommitMember } from "../kernel/commit/commit";
import type { Pve } from "../kernel/session/pve-session";
import { declared } from "./check/described-interfaces";
import { DeadMan } from "./guard/dead-man";
import { MadeRecord, type MadeInterfaces } from "./guard/made-record";
import { guardedReload, plainReload } from "./guard/guarded-reload";
import type { Held, NetworkPart, StagedChange } from "./network-round";
import { addressIn } from "./path";
import { addressesOf } from "./place-addresses";
import { differing, type InterfaceRow } from "./row";
import { touchedBetween, touchedIn } from "./staged";
import { turnOfNetworks } from "./turn-of-networks";
import { unguardedReason, withoutSsh } from "./unguarded";
import { readView, type NodeView } from "./view";

/** Before the first look of a round. */
const nothing: NodeView = { rows: new Map(), changes: undefined };

const makeNodes = () => new Map<string, NodeNetwork>();

/** The networks of one node, as all resources of this process change them. */
export function nodeNetwork(pve: Pve, node: string): NodeNetwork {
  const all = pve.memory("network: nodes", makeNodes);
  const found = all.get(node) ?? new NodeNetwork(node, pve);
  all.set(node, found);
  return found;
}

export class NodeNetwork {
  private readonly commit: Commit<StagedChange, Held, NodeView>;
  private seen: Promise<NodeView> | undefined;
  private last: NodeView | undefined;
  /** Members of the round that is under way, for its progress. */
  private members: CommitMember[] = [];
  private stack = "";
  private settling: Promise<void> | undefined;
  /** What interrupted runs have made. */
  private carried: MadeInterfaces = {};

  constructor(
    private readonly node: string,
    private pve: Pve,
  ) {
    this.commit = new Commit(
      {
        name: `the network of ${node}`,
        remedy: `apply or revert it in System > Network of ${node}`,
        hold: (work) => this.hold(work),
        pending: (held, signal) => this.pending(held, signal),
        show: (changes) => printable(changes[0]?.diff ?? ""),
        apply: (held, signal) => this.apply(held, signal),
      },
      pve.process.connection.clock,
    );
  }

  private see(view: NodeView): void {
    this.last = view;
    this.seen = Promise.resolve(view);
  }

  /** The networks as last seen by this process. */
  view(pve: Pve, fresh = false): Promise<NodeView> {
    if (this.seen && !fresh) return this.seen;
    const reading = readView(pve.process.connection, this.node);
    this.seen = reading;
    reading.then(
      (view) => (this.last = view),
      () => {
        if (this.seen === reading) this.seen = undefined;
      },
    );
    return reading;
  }

  /** Has an interrupted run of some resource made the interface? Whose it was, only the `up` can tell. */
  async wasMade(pve: Pve, name: string): Promise<boolean> {
    const { ssh } = pve.process;
    if (!ssh) return false;
    try {
      return (await new MadeRecord(ssh, this.node).names()).has(name);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return false;
    }
  }

  /**
   * To be awaited before what is seen is believed: while a timer of an interrupted run is running, what is there is not
   * what stays. Whoever is about to change something puts the old network back; who only reads waits.
   */
  settle(pve: Pve, stack: string, mayRestore: boolean, tell: (text: string) => void): Promise<void> {
    return (this.settling ??= this.settleOnce(pve, stack, mayRestore, tell));
  }

  private async settleOnce(pve: Pve, stack: string, mayRestore: boolean, tell: (text: string) => void): Promise<void> {
    this.pve = pve;
    this.stack = stack;
    if (!pve.process.ssh) return;
    if (mayRestore) {
      await this.inTurn(() => this.recover(tell));
      return;
    }
    try {
      await this.deadMan()?.settled(pve.process.connection.clock, undefined);
    } catch (error) {
      // Without SSH a timer cannot have been armed by this config.
      if (!isProxmoxError(error)) throw error;
    }
  }

  /** Somebody is being checked who may come to change something. */
  expect(): () => void {
    return this.commit.expect();
  }

  /** Takes part in the next change of the node's network; returns the networks as they then are. */
  async arrive(pve: Pve, stack: string, member: CommitMember, part: NetworkPart): Promise<NodeView | undefined> {
    // The node may have joined a cluster meanwhile.
    this.pve = pve;
    this.stack = stack;
    this.members.push(member);
    try {
      return await this.commit.arrive(member, part);
    } finally {
      this.members = this.members.filter((one) => one !== member);
    }
  }

  /** One more that was made; to be called when the engine has recorded it. */
  madeOne(name: string, mark: string): () => Promise<void> {
    return () =>
      this.inTurn(async () => {
        const { [name]: _, ...others } = this.carried;
        this.carried = others;
        try {
          await this.deadMan()?.record.remove({ [name]: mark });
        } catch (error) {
          // It tells who made what; whoever finds it there without the interface passes it by.
          if (!isProxmoxError(error)) throw error;
        }
      });
  }

  private get ssh(): Ssh | undefined {
    return this.pve.process.ssh;
  }

  private deadMan(): DeadMan | undefined {
    return this.ssh && new DeadMan(this.ssh, this.node, this.stack);
  }

  /** One node at a time in the whole process: what goes wrong on one of them is seen before it is done to the next. */
  private async hold<T>(work: (held: Held) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const noSsh = await this.recover((text) => this.progress(text));
      try {
        return await work({
          view: nothing,
          made: this.carried,
          staged: [],
          begun: false,
          after: nothing,
          diff: "",
          noSsh,
        });
      } catch (error) {
        // Whatever came of it is to be looked at anew.
        this.seen = undefined;
        throw error;
      }
    });
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    return turnOfNetworks(this.pve, work);
  }

  /** What an earlier run has left. Without SSH it waits: only an unguarded change is made then. */
  private async recover(tell: (text: string) => void): Promise<Error | undefined> {
    try {
      const left = (await this.deadMan()?.recover(this.pve.process.connection.clock, undefined)) ?? {
        made: {},
        restored: false,
      };
      this.carried = { ...this.carried, ...left.made };
      if (left.restored) {
        this.seen = undefined;
        tell(
          `an interrupted run had left a change of ${this.node}'s network on probation; the old one was put back first`,
        );
      }
      return undefined;
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      return error;
    }
  }

  private async pending(held: Held, signal: AbortSignal): Promise<readonly StagedChange[]> {
    const { connection } = this.pve.process;
    const view = await readView(connection.with({ signal }), this.node);
    const clean = held.view.changes === undefined;
    const before = held.view.rows;
    if (!held.begun) {
      held.view = view;
      this.see(view);
    }
    held.after = view;
    held.diff = view.changes ?? "";
    if (view.changes === undefined) return [];
    const change = (name: string, was: InterfaceRow | undefined | null): StagedChange => ({
      ...{ name, before: was, after: view.rows.get(name), rows: view.rows, diff: view.changes ?? "" },
    });
    if (held.begun && clean)
      return [...new Set([...before.keys(), ...view.rows.keys()])]
        .filter((name) => differing(before.get(name), view.rows.get(name)).length > 0)
        .map((name) => change(name, before.get(name)));
    const { names, unknown } = await this.touched(view.changes, signal);
    return [...names]
      .map(([name, words]) => ({ ...change(name, null), words }))
      .concat(unknown ? [{ ...change("", null), words: new Set<string>() }] : []);
  }

  /** By the files where they can be read: the difference that Proxmox shows does not tell where all of it is. */
  private async touched(diff: string, signal: AbortSignal) {
    const read = (file: string) => this.ssh?.readFile(this.node, file, { signal });
    const [before, after] = [await read("/etc/network/interfaces"), await read("/etc/network/interfaces.new")];
    return before && after ? touchedBetween(before.toString("utf8"), after.toString("utf8")) : touchedIn(diff);
  }

  private async apply(held: Held, signal: AbortSignal): Promise<NodeView> {
    try {
      return await this.reload(held, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw await this.withdrawn(held, error);
    }
  }

  /** A reboot would apply what is still staged: all of it is ours, and goes. */
  private async withdrawn({ diff }: Held, failure: unknown): Promise<unknown> {
    const { connection } = this.pve.process;
    try {
      if (diff === "" || (await readView(connection, this.node)).changes !== diff) return failure;
      await connection.api.nodes.$(this.node).network.$delete();
      return failure;
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      const message = failure instanceof Error ? failure.message : String(failure);
      return new Error(
        `${message}\nWhether something is still staged there cannot be told (${error.message}); a reboot would apply it`,
        {
          cause: failure,
        },
      );
    }
  }

  private async reload(held: Held, signal: AbortSignal): Promise<NodeView> {
    const { connection } = this.pve.process;
    const { staged } = held;
    const reload = {
      ...{ node: this.node, connection, signal, rows: held.view.rows, diff: printable(held.diff), changes: held.diff },
      demands: staged.flatMap(({ demand }) => demand ?? []),
      progress: (text: string) => this.progress(text),
    };
    const { ssh } = this;
    const deadMan = this.deadMan();
    const made = Object.fromEntries(staged.flatMap((one) => (one.made ? [[one.made.name, one.made.mark]] : [])));
    const guarded = staged.some(({ unguarded }) => !unguarded);
    if (guarded && held.noSsh) throw held.noSsh;
    const refused = ssh ? undefined : unguardedReason(held, await addressesOf(this.pve, this.node));
    if (refused !== undefined) throw new Error(withoutSsh(this.node, refused));
    const view = await (ssh && deadMan && guarded
      ? guardedReload(reload, {
          ...{ ssh, deadMan, restoreMs: Math.max(...staged.map(({ restoreMs }) => restoreMs)) },
          made,
          expected: this.expected(),
        })
      : plainReload(reload));
    this.see(view);
    return view;
  }

  /** Addresses that other nodes are to get by this program, and have not got yet. */
  private expected(): ReadonlySet<string> {
    const nodes = this.pve.memory("network: nodes", makeNodes);
    const missing = [...declared(this.pve).values()].flatMap(({ node, name, row }) => {
      const there = nodes.get(node)?.last?.rows.get(name);
      return node === this.node
        ? []
        : ["cidr", "cidr6"].flatMap((key) => (row[key] === undefined || row[key] === there?.[key] ? [] : [row[key]]));
    });
    return new Set(missing.map(addressIn));
  }

  private progress(text: string): void {
    for (const { signal, progress } of this.members) if (!signal.aborted) progress(text);
  }
}

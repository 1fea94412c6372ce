import type { Ssh } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import { isAway } from "../../kernel/way-back/node-timer";
import { turnOfNetworks } from "../../network/turn-of-networks";
import { concernsNodes, type FilterChange } from "../lockout/filter-change";
import {
  refusal,
  restoreMsOf,
  whoIsShutOut,
  withoutSsh,
  type ChangeTerms,
  type Verdict,
} from "../lockout/lockout-check";
import type { FirewallPlace } from "../place.model";
import { forgetLeftovers, resumeHalted, settled, stackOf } from "./earlier-switches";
import { readFile } from "./node-switch";
import { fileOf } from "./switch-files";
import { withSwitch } from "./with-switch";

/** A change of a firewall, and how it is to be made. */
interface GuardedChange {
  readonly place: FirewallPlace;
  /** In a sentence: "rules of the datacenter". */
  readonly what: string;
  /** What becomes of the nodes' own filter by it; undefined where it is none of theirs. */
  readonly change: FilterChange | undefined;
  readonly terms: ChangeTerms;
  /** Requests that it takes at most, each with its look before: the timer waits for them beside its own time. */
  readonly requests?: number;
  /** Will the filter be another one? What is only a comment is written without a way back. */
  due(): Promise<boolean>;
  work(call: Call): Promise<void>;
}

/**
 * Every write of a file that nodes filter by is in turn, also one that filters nothing: in a file that is on probation it would
 * be somebody else's, whom the timers leave the mistake to, or a part of what they take back.
 */
export const inTurn = (call: Call, pve: Pve, place: FirewallPlace, work: () => Promise<void>): Promise<void> =>
  concernsNodes(place)
    ? turnOfNetworks(
        pve,
        async () => {
          await settled(call, pve, true);
          await work();
        },
        call.signal,
      )
    : work();

/** Others of the program may be about to let in whom this change alone would shut out. */
const patienceMs = 30_000;
/**
 * Makes a change of the firewall. What touches the nodes' own filter is worked out directly before it, refused where it shuts
 * somebody out, and made with a way back. One resource at a time in the whole process, each with a switch of its own: what has
 * stood its probation stays when a later one is taken back, which is what the state will say of both.
 */
export async function guardedChange(call: Call, pve: Pve, one: GuardedChange): Promise<void> {
  const { change } = one;
  if (change === undefined) return inTurn(call, pve, one.place, () => one.work(call));
  const { clock } = pve.process.connection;
  for (const start = clock.now(); ; await pve.pause(2_000)) {
    const waits = await turnOfNetworks(
      pve,
      async () => {
        await settled(call, pve, true);
        if (!(await one.due())) {
          await one.work(call);
          return undefined;
        }
        const verdict = await whoIsShutOut(call, pve, change, one.terms);
        if (verdict.refused.length === 0) {
          await make(call, pve, one, verdict);
          return undefined;
        }
        if (!verdict.isLater || clock.now() - start > patienceMs) throw refusal(one.terms, verdict);
        return verdict;
      },
      call.signal,
    );
    if (!waits) break;
    // Not in turn: whom it waits for has to come to it.
    call.report.progress("waiting for what lets in whom this would shut out");
  }
  await resumeHalted(call, pve);
}

async function make(call: Call, pve: Pve, one: GuardedChange, verdict: Verdict): Promise<void> {
  const { ssh, connection } = pve.process;
  const { picture, after, filters, lost } = verdict;
  if (picture === undefined || after === undefined || one.terms.unguarded === true) return one.work(call);
  if (!ssh) {
    if (lost.lines.length > 0) throw new Error(`nothing was changed: ${withoutSsh(lost.lines)}`);
    return one.work(call);
  }
  // By the picture after the change: it may be the one that says which daemon filters.
  const filtering = after.nodes.filter(({ name }) => one.place.node === undefined || one.place.node === name);
  // One that is not there is cut off from nobody.
  if (filtering.length === 0) return one.work(call);
  const unread = filtering.flatMap(({ name, unread: why }) => (why === undefined ? [] : name));
  const nftables = new Set(filtering.filter(({ options }) => options["nftables"] === "1").map(({ name }) => name));
  for (const node of unread) if (await hasNftables(ssh, node, call.signal)) nftables.add(node);
  try {
    await withSwitch({
      ...{ call, connection, ssh, stack: stackOf(call), what: one.what, file: fileOf(one.place) },
      ...{ nodes: filtering.map(({ name }) => name), nftables, filters, work: one.work },
      mayBeLeftOut: new Set(lost.lines.length === 0 ? unread : []),
      restoreMs: restoreMsOf({ ...one.terms, requests: one.requests }),
    });
  } catch (error) {
    forgetLeftovers(pve);
    throw error;
  }
}

/** The same for a node whose API does not answer, where its SSH does. */
async function hasNftables(ssh: Ssh, node: string, signal: AbortSignal): Promise<boolean> {
  try {
    const text = (await readFile(ssh, node, fileOf({ node }), signal)).toString("utf8");
    return /^nftables:\s*1\s*$/im.test(text);
  } catch (error) {
    signal.throwIfAborted();
    if (!isAway(error)) throw error;
    return false;
  }
}

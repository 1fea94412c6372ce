import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
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
/** So many requests are over in no time worth counting; each more of them has this. */
const freeRequests = 50;
const requestMs = 200;

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
        const verdict = await whoIsShutOut(call, pve, change);
        if (verdict.lost.length === 0 || one.terms.lockout === "accept") {
          await make(call, pve, one, verdict);
          return undefined;
        }
        if (!verdict.isLater || clock.now() - start > patienceMs) throw refusal(verdict);
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

async function make(call: Call, pve: Pve, one: GuardedChange, { picture, filters, lost }: Verdict): Promise<void> {
  const { ssh, connection } = pve.process;
  if (picture === undefined || one.terms.unguarded === true) return one.work(call);
  if (!ssh) {
    if (lost.length > 0) throw new Error(`nothing was changed: ${withoutSsh(lost)}`);
    return one.work(call);
  }
  const filtering = picture.nodes.filter(({ name }) => one.place.node === undefined || one.place.node === name);
  // One that is not there is cut off from nobody.
  if (filtering.length === 0) return one.work(call);
  const nftables = new Set(filtering.filter(({ options }) => options["nftables"] === "1").map(({ name }) => name));
  try {
    await withSwitch({
      ...{ call, connection, ssh, stack: stackOf(call), what: one.what, file: fileOf(one.place) },
      ...{ nodes: filtering.map(({ name }) => name), nftables, filters, work: one.work },
      restoreMs: restoreMsOf(one.terms) + Math.max(0, (one.requests ?? 0) - freeRequests) * requestMs,
    });
  } catch (error) {
    forgetLeftovers(pve);
    throw error;
  }
}

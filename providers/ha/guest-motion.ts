import { isProxmoxError, wire, type Guest } from "../../pve";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import { ruleFrom, rulesNow } from "./ha-look";
import { called, moved } from "./say";
import { sidOf } from "./sid";
import type { AffinityRule } from "./situation";

interface Blocker {
  readonly sid: string;
  /** `resource-affinity`; releases after 9.1 know `node-affinity` too. */
  readonly cause: string;
}

/** What HA's manager makes of a request to move a guest. */
export interface Motion {
  readonly sid: string;
  /** Those that it moves to the same node, for a rule keeps them together. */
  readonly together: readonly string[];
  /** Nodes to which it does not move the guest, with what is in the way. */
  readonly blocked: ReadonlyMap<string, readonly Blocker[]>;
}

/** Asked of Proxmox itself, which knows what its manager heeds; nothing moves along with a guest that is not under HA. */
export async function motionOf(pve: Pve, guest: Pick<Guest, "node" | "vmid">): Promise<Motion> {
  const answer = wire.object(await pve.api.nodes.$(guest.node).qemu.$(guest.vmid).migrate.$get());
  const against = Object.entries(wire.object(answer["not_allowed_nodes"])).map(([node, found]) => {
    const blockers = wire.list(wire.object(found)["blocking-ha-resources"]);
    return [node, blockers.map((one) => ({ sid: text(one["sid"]), cause: text(one["cause"]) }))] as const;
  });
  return {
    sid: sidOf({ type: "qemu", vmid: guest.vmid }),
    together: wire.strings(answer["dependent-ha-resources"]),
    blocked: new Map(against.filter(([, blockers]) => blockers.length > 0)),
  };
}

const text = (value: unknown): string => wire.string(value) ?? "";

/** Where a guest may go, and what its program lets HA do to others for it. */
interface Wanted {
  readonly node?: string | undefined;
  readonly nodes?: readonly string[] | undefined;
  readonly allowMoves?: boolean | undefined;
}

/** What stands in the way of a move, and what it brings with it where nothing does: "moves vm:101 (db) from pve1 to pve2". */
interface Outcome {
  readonly problems: readonly Problem[];
  readonly says: string | undefined;
}

/** What comes of a move to one of these nodes, told before it is asked for. */
export async function outcomeOf(
  pve: Pve,
  motion: Motion,
  { node, nodes = [], allowMoves }: Wanted,
  guests: readonly Guest[],
): Promise<Outcome> {
  const wanted = node === undefined ? nodes : [node];
  const path = node === undefined ? "nodes" : "node";
  const open = wanted.filter((one) => !motion.blocked.has(one));
  if (wanted.length > 0 && open.length === 0) {
    const rules = await heededRules(pve);
    return { problems: wanted.map((one) => blockedAt(motion, one, path, rules, guests)), says: undefined };
  }
  const moves = motion.together.flatMap((sid) => {
    const from = guests.find((guest) => sidOf(guest) === sid)?.node ?? "its node";
    const to = open.filter((one) => one !== from);
    return to.length === 0 ? [] : [moved({ sid, from, to }, guests)];
  });
  if (moves.length === 0) return { problems: [], says: undefined };
  const what = moves.join(", ");
  if (allowMoves === true) return { problems: [], says: `HA moves ${what} along` };
  const own = [motion.sid, ...motion.together];
  const rules = (await heededRules(pve)).filter(
    ({ affinity, resources }) => affinity === "positive" && resources.filter((sid) => own.includes(sid)).length > 1,
  );
  const because = `as ${called(motion.sid, guests)} and they are kept together by ${byName(rules)}`;
  const message = `HA would move ${what} along, ${because}; write allowMoves: true if it is to`;
  return { problems: [{ path: "allowMoves", message }], says: undefined };
}

function blockedAt(
  { sid, together, blocked }: Motion,
  node: string,
  path: string,
  rules: readonly AffinityRule[],
  guests: readonly Guest[],
): Problem {
  const own = [sid, ...together];
  const ofOwn = rules.filter(({ resources }) => resources.some((one) => own.includes(one)));
  const reasons = (blocked.get(node) ?? []).map((blocker) => {
    if (blocker.cause === "node-affinity")
      return `it is kept to other nodes by ${byName(ofOwn.filter(({ type }) => type === "node-affinity"))}`;
    const apart = ofOwn.filter(({ affinity, resources }) => affinity === "negative" && resources.includes(blocker.sid));
    return `${called(blocker.sid, guests)} is there, from which it is kept apart by ${byName(apart)}`;
  });
  const message = `HA does not move ${called(sid, guests)} to ${node}: ${reasons.join("; ")}; write another node, or change that first`;
  return { path, message };
}

const byName = (rules: readonly AffinityRule[]): string =>
  rules.length === 0 ? "a rule of HA" : `the rule ${rules.map(({ name }) => name).join(", ")}`;

/** Names are only for the words: who may not see the rules (`Sys.Audit`) does without. */
async function heededRules(pve: Pve): Promise<AffinityRule[]> {
  try {
    return [...(await rulesNow(pve))].map(([name, row]) => ruleFrom(name, row)).filter(({ disable }) => !disable);
  } catch (error) {
    if (isProxmoxError(error, "denied")) return [];
    throw error;
  }
}

import { conflicts, knots } from "./rule-conflicts";
import type { AffinityRule, Service, Situation } from "./situation";

type Nodes = ReadonlyMap<string, number>;

/** What the rules that are heeded say of each guest. */
class Heeded {
  readonly places = new Map<string, Nodes>();
  readonly mates = new Map<string, Set<string>>();
  readonly rivals = new Map<string, Set<string>>();

  constructor(situation: Situation) {
    const refused = conflicts(situation);
    const rules = situation.rules.filter(({ name, disable }) => !disable && !refused.has(name));
    const groups = knots(rules.filter(({ affinity }) => affinity === "positive")).map(({ resources }) => resources);
    const withMates = (sid: string): ReadonlySet<string> => groups.find((group) => group.has(sid)) ?? new Set([sid]);
    for (const group of groups) relate(this.mates, group, group);
    // A mate of what is kept apart is kept apart as well.
    for (const rule of rules.filter(({ affinity }) => affinity === "negative"))
      for (const one of rule.resources)
        for (const other of rule.resources) if (one !== other) relate(this.rivals, withMates(one), [other]);
    for (const rule of rules.filter(({ type }) => type === "node-affinity"))
      for (const sid of rule.resources.flatMap((one) => [...withMates(one)]))
        this.places.set(sid, nodesOf(rule, situation.members));
  }
}

function relate(map: Map<string, Set<string>>, some: Iterable<string>, others: Iterable<string>): void {
  for (const one of some)
    for (const other of others)
      for (const [a, b] of [
        [one, other],
        [other, one],
      ] as const)
        if (a !== b) map.set(a, (map.get(a) ?? new Set()).add(b));
}

/** A rule that is not strict leaves all other nodes, after its own. */
const nodesOf = ({ nodes, strict }: AffinityRule, members: readonly string[]): Nodes =>
  strict ? nodes : new Map([...members.map((node) => [node, -1] as const), ...nodes]);

/** HA moves and starts it by itself. */
const isKept = ({ state, failed }: Service): boolean => state === "started" && !failed;

/** It takes a place: it runs, or is about to. */
const takesPlace = (service: Service): boolean => service.state !== "ignored" && (service.running || isKept(service));

/** Where HA would have a guest run: empty where it finds no node, which leaves it where it is (`select_service_node`). */
function candidates(service: Service, { services, online }: Situation, { places, mates, rivals }: Heeded): string[] {
  const { sid, node } = service;
  const priorities = places.get(sid);
  const allowed = priorities ? online.filter((one) => priorities.has(one)) : [...online];
  const rank = (one: string): number => priorities?.get(one) ?? 0;
  const best = allowed.filter((one) => rank(one) === Math.max(...allowed.map(rank)));
  const at = (of: ReadonlySet<string> | undefined): string[] =>
    services
      .filter((one) => of?.has(one.sid) && takesPlace(one))
      .flatMap((one) => (one.node !== undefined && online.includes(one.node) ? [one.node] : []));
  const [near, taken] = [at(mates.get(sid)), at(rivals.get(sid))];
  if (best.length === 0 || node === undefined) return [];
  if (!service.failback && allowed.includes(node) && (near.includes(node) || !taken.includes(node))) return [node];
  const free = best.filter((one) => !taken.includes(one));
  const count = (one: string): number => near.filter((other) => other === one).length;
  const most = Math.max(0, ...free.map(count));
  // Which of several equals it takes is its own choice.
  return most === 0 ? free : free.filter((one) => count(one) === most);
}

/**
 * Guests that HA moves, with the nodes where they may go. Moves of guests that are tied to each other follow from one another:
 * where one of them moves, all that are tied to it may.
 */
export function movers(situation: Situation): ReadonlyMap<string, readonly string[]> {
  const heeded = new Heeded(situation);
  const kept = situation.services
    .filter(isKept)
    .filter(({ node }) => node !== undefined && situation.online.includes(node));
  const found = new Map<string, readonly string[]>();
  for (const service of kept) {
    const nodes = candidates(service, situation, heeded);
    if (nodes.length > 0 && !nodes.includes(service.node ?? "")) found.set(service.sid, nodes);
  }
  for (const sid of found.keys())
    for (const tied of [...(heeded.mates.get(sid) ?? []), ...(heeded.rivals.get(sid) ?? [])])
      if (!found.has(tied) && kept.some((one) => one.sid === tied)) found.set(tied, []);
  return found;
}

/** A guest that a change of HA moves. */
export interface Move {
  readonly sid: string;
  readonly from: string;
  /** Empty where that follows from the moves of others. */
  readonly to: readonly string[];
}

/** What a change of HA does to guests, at once. */
export interface Consequences {
  readonly starts: readonly string[];
  readonly stops: readonly string[];
  readonly moves: readonly Move[];
}

/** What comes of it that one situation becomes another; what HA does anyway is not. */
export function consequences(before: Situation, after: Situation): Consequences {
  const old = new Map(before.services.map((service) => [service.sid, service]));
  const already = movers(before);
  const kept = (service: Service | undefined): boolean => service !== undefined && isKept(service);
  const halts = (service: Service | undefined): boolean =>
    service?.state === "stopped" || service?.state === "disabled";
  const place = new Map(after.services.map(({ sid, node }) => [sid, node ?? ""]));
  return {
    starts: after.services.filter((one) => kept(one) && !one.running && !kept(old.get(one.sid))).map(({ sid }) => sid),
    stops: after.services.filter((one) => halts(one) && one.running && !halts(old.get(one.sid))).map(({ sid }) => sid),
    moves: [...movers(after)]
      .filter(([sid, to]) => !already.has(sid) || (to.length > 0 && already.get(sid)?.join() !== to.join()))
      .map(([sid, to]) => ({ sid, from: place.get(sid) ?? "", to })),
  };
}

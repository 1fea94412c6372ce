import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";
import type { Problem } from "../kernel/state/problems";
import { roundTrip } from "./cluster-commands";
import { joiners, linkIsComing, linksOf, type Seen } from "./preconditions";

/** Corosync loses members when a token takes longer on its way round than this allows. */
const SLOW_MS = 5;

interface Reached {
  readonly problems: readonly Problem[];
  /** What to say of it: the longest round trip, or why nothing was looked at. */
  readonly summary: string | undefined;
}

/**
 * Sends packets along every link between a node that joins and all others, in both directions. `pveOf` is how a node's
 * SSH is found.
 */
export async function reachProblems(call: Call, seen: Seen, pveOf: (name: string) => Promise<Pve>): Promise<Reached> {
  const joining = new Set(joiners(seen.inputs, seen.view).map(({ name }) => name));
  const nodes = seen.inputs.nodes.filter(({ name }) => seen.facts.has(name));
  const all = nodes.flatMap((from) =>
    nodes
      .filter((to) => to.name !== from.name && (joining.has(from.name) || joining.has(to.name)))
      .flatMap((to) => Object.entries(linksOf(to, seen)).map(([number, address]) => ({ from, to, number, address }))),
  );
  const ways = all.filter(
    ({ from, to, number }) => !linkIsComing(seen, from, number) && !linkIsComing(seen, to, number),
  );
  const problems: Problem[] = [];
  const without = new Set<string>();
  let [slowest, slowestWay] = [0, ""];
  await Promise.all(
    ways.map(async ({ from, to, number, address }) => {
      const { ssh } = (await pveOf(from.name)).process;
      if (!ssh) return void without.add(from.name);
      const path = `nodes[${seen.inputs.nodes.indexOf(to)}].links.${number}`;
      try {
        const ms = await roundTrip(ssh, from.name, address, call.signal);
        const way = `${from.name} to ${address} of ${to.name}`;
        if (ms === undefined)
          problems.push({ path, message: `nothing comes back from ${way}; look at cables, VLANs and firewalls` });
        else if (ms > slowest) [slowest, slowestWay] = [ms, way];
      } catch (error) {
        problems.push({ path, message: `could not be asked from ${from.name}: ${(error as Error).message}` });
      }
    }),
  );
  if (slowest > SLOW_MS)
    call.report.warn(`${slowestWay} and back takes ${slowest} ms; corosync wants less than ${SLOW_MS}`);
  problems.sort((a, b) => (a.path + a.message < b.path + b.message ? -1 : 1));
  const summary = [
    ...(slowestWay === "" ? [] : [`longest way between nodes ${slowest} ms`]),
    ...(ways.length === all.length ? [] : ["links whose addresses are still to come are looked at before it is made"]),
    ...(without.size === 0 ? [] : [`links of ${[...without].sort().join(", ")} not looked at, which needs SSH`]),
  ].join("; ");
  return { problems, summary: summary || undefined };
}

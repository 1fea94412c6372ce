import { wire } from "../../../pve";
import { describedLike } from "../../checks/declared-twice";
import type { Call } from "../../kernel/call/call";
import type { Pve } from "../../kernel/session/pve-session";
import type { Session } from "../../kernel/session/session";
import { suggestion, type Problem } from "../../kernel/state/problems";
import { poolNames, type CephPoolInputs } from "../ceph-pool.model";
import { isMade } from "../../checks/made-here";
import { placesOf, readPlacement, type Placement, type PlacementRule } from "./crush-placement";
import type { PoolRow } from "./pool-rows";

/** The rule that a new replicated pool has, where none is said. */
const standardRule = "replicated_rule";

/** Places that OSDs of the program may add, which are not there yet. */
interface Coming {
  /** Hosts that get OSDs. */
  readonly hosts: readonly string[];
}

/** What cannot work with the OSDs that there are, and with those that the program makes. */
export async function problemsOfPlacement(
  session: Session,
  pve: Pve,
  node: string,
  inputs: Partial<CephPoolInputs>,
  was: Partial<CephPoolInputs> | undefined,
  rows: readonly PoolRow[],
): Promise<Problem[]> {
  const names = poolNames({ name: inputs.name, erasureCoding: inputs.erasureCoding });
  const changed = (["size", "crushRule", "pgNum"] as const).some((field) => inputs[field] !== was?.[field]);
  if (was && was.name === inputs.name && !changed) return [];
  const placement = await readPlacement(pve, node);
  // Nothing can be said of what is not there: OSDs that the program makes come first, and the creation waits for them.
  if (placement.osds.length === 0) return [];
  const hosts = describedLike(session, /^OSDs of ([^/]+)\//);
  const coming: Coming = { hosts };
  const problems = [...problemsOfRule(pve, inputs, placement), ...problemsOfPlaces(inputs, placement, coming)];
  if (problems.length > 0 || hosts.length > 0) return problems;
  const main = rows.find((row) => row.name === names.pool);
  return problemsOfPgs(inputs, placement, rows, main, await mostPgs(pve, node));
}

function problemsOfRule(pve: Pve, { crushRule }: Partial<CephPoolInputs>, { ruleNames }: Placement): Problem[] {
  if (crushRule === undefined || ruleNames.includes(crushRule) || isMade(pve, "crush-rule", crushRule)) return [];
  return [
    {
      path: "crushRule",
      message: `there is no rule ${crushRule}${suggestion(crushRule, ruleNames)}; CephCrushRule makes one`,
    },
  ];
}

/** What each pool needs: as many places as copies, or as pieces. */
function needs(
  inputs: Partial<CephPoolInputs>,
  { rules }: Placement,
): { path: string; count: number; rule: PlacementRule }[] {
  const found: { path: string; count: number; rule: PlacementRule }[] = [];
  const rule = rules.find(({ name }) => name === (inputs.crushRule ?? standardRule));
  if (rule) found.push({ path: "size", count: inputs.size ?? 3, rule });
  const { erasureCoding: coding } = inputs;
  if (coding && coding.profile === undefined)
    found.push({
      path: "erasureCoding",
      count: coding.k + coding.m,
      rule: {
        ...{ name: "that of its profile", root: "default" },
        ...{ deviceClass: coding.deviceClass, failureDomain: coding.failureDomain ?? "host" },
      },
    });
  return found;
}

function problemsOfPlaces(inputs: Partial<CephPoolInputs>, placement: Placement, { hosts }: Coming): Problem[] {
  return needs(inputs, placement).flatMap(({ path, count, rule }) => {
    const { places } = placesOf(rule, placement.osds);
    if (places.length >= count) return [];
    const more = hosts.filter((host) => !places.includes(host));
    // What places other than hosts the new OSDs are in is not known before they are there.
    if (more.length > 0 && (rule.failureDomain !== "host" || places.length + more.length >= count)) return [];
    return [{ path, message: tooFewPlaces(count, rule, [...places, ...more].sort(), path) }];
  });
}

function tooFewPlaces(count: number, rule: PlacementRule, places: readonly string[], path: string): string {
  const of = rule.deviceClass === undefined ? "" : ` of class ${rule.deviceClass}`;
  const kind = rule.failureDomain;
  return (
    `rule ${rule.name} puts each of ${count} ${path === "size" ? "copies" : "pieces"} in another ${kind}, and ${places.length} ` +
    `${kind}${places.length === 1 ? " has" : "s have"} OSDs${of} that are up and in${places.length > 0 ? ` (${places.join(", ")})` : ""}; ` +
    `write ${places.length > 0 ? `at most ${places.length}` : "another rule"}, or add OSDs first (where the program makes them, ` +
    "let the pool depend on them)"
  );
}

/** Up to how many PGs each OSD may have: ceph.conf beats the configuration database (recorded for Ceph 20.2). */
async function mostPgs(pve: Pve, node: string): Promise<number> {
  const key = "mon_max_pg_per_osd";
  const answer = wire.object(
    await pve.api.nodes
      .$(node)
      .ceph.cfg.value.$get({ "config-keys": ["mon", "global"].map((section) => `${section}:${key}`).join(";") }),
  );
  const of = (section: string) => wire.integer(wire.object(answer[section])["mon-max-pg-per-osd"]);
  return of("mon") ?? of("global") ?? 250;
}

/** Ceph refuses what would give its OSDs more PGs than allowed; Proxmox tells so only when the pool is half made. */
function problemsOfPgs(
  inputs: Partial<CephPoolInputs>,
  placement: Placement,
  rows: readonly PoolRow[],
  own: PoolRow | undefined,
  most: number,
): Problem[] {
  const rule = placement.rules.find(({ name }) => name === (inputs.crushRule ?? own?.crushRule ?? standardRule));
  const { pgNum } = inputs;
  if (!rule || pgNum === undefined || inputs.erasureCoding) return [];
  const size = inputs.size ?? own?.size ?? 3;
  if (own && pgNum <= own.pgNum && size <= own.size) return [];
  const others = rows.filter(
    (row) => row !== own && placement.rules.find(({ name }) => name === row.crushRule)?.root === rule.root,
  );
  const { osds } = placesOf(rule, placement.osds);
  const before = others.reduce((sum, row) => sum + row.pgNum * row.size, 0);
  if (osds === 0 || Math.floor((before + pgNum * size) / osds) <= most) return [];
  const left = Math.max(0, Math.floor(((most + 1) * osds - 1 - before) / size));
  return [
    {
      path: "pgNum",
      message:
        `${pgNum} PGs of ${size} copies, beside the ${before} copies of PGs of other pools, make more than ` +
        `${most} for each of ${osds} OSDs, which Ceph refuses (mon_max_pg_per_osd); write at most ${left}`,
    },
  ];
}

/** How long OSDs that were made just now may take to be up and in, with their place in the map. */
const patienceMs = 120_000;

/** Waits until there are as many places as copies; Ceph would make the pool, and it would never be whole. */
export async function untilPlaces(pve: Pve, call: Call, inputs: CephPoolInputs, node: string): Promise<void> {
  await pve.until(
    `places for the copies of pool ${inputs.name ?? ""}`,
    async () => {
      const placement = await readPlacement(pve, node);
      const problems = [
        ...(inputs.crushRule !== undefined && !placement.ruleNames.includes(inputs.crushRule)
          ? [{ path: "crushRule", message: `there is no rule ${inputs.crushRule}` }]
          : []),
        ...problemsOfPlaces(inputs, placement, { hosts: [] }),
      ];
      if (problems.length === 0) return { done: true };
      return { pending: problems.map(({ path, message }) => `${path}: ${message}`).join("; ") };
    },
    Math.min(patienceMs, call.remainingMs()),
  );
}

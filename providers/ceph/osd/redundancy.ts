import { wire } from "../../../pve";
import { size } from "./disk";
import type { TreeOsd } from "./tree";

/** A rule that chooses copies for pools. */
interface Rule {
  readonly name: string;
  readonly root: string;
  readonly deviceClass: string | undefined;
  /** The type of bucket that no two copies share; `osd` for OSDs themselves. */
  readonly domain: string;
}

/** What is looked at before OSDs are set out. */
interface Redundancy {
  readonly osds: readonly TreeOsd[];
  readonly pools: readonly wire.WireObject[];
  readonly rules: readonly wire.WireObject[];
  readonly nearfullRatio: number;
  readonly flags: readonly string[];
}

/** Rules of one choice, as Proxmox and Ceph make them; undefined for any other form. */
function ruleOf(row: wire.WireObject): Rule | undefined {
  const steps = wire.list(row["steps"]);
  const takes = steps.filter(({ op }) => op === "take");
  const choices = steps.filter(({ op }) => /^choose/.test(wire.string(op) ?? ""));
  const [take] = takes;
  const [choice] = choices;
  if (!take || !choice || takes.length > 1 || choices.length > 1) return undefined;
  const [root = "", deviceClass] = (wire.string(take["item_name"]) ?? "").split("~");
  const domain = wire.string(choice["type"]);
  return domain === undefined ? undefined : { name: wire.string(row["rule_name"]) ?? "", root, deviceClass, domain };
}

/** With these nothing moves, and so a wait for it would never end. */
const stopping = ["nobackfill", "norebalance", "norecover"];

/**
 * Why these OSDs cannot be drained: what would be left could not hold all copies in places of their own, or not without
 * getting too full. Ceph itself goes on without a warning then, and for ever.
 */
export function whyNotDrained(seen: Redundancy, ids: readonly number[]): string[] {
  const found = new Set<string>();
  for (const flag of stopping)
    if (seen.flags.includes(flag)) found.add(`flag ${flag} is set, so no data would move; unset it first`);
  for (const pool of seen.pools) {
    const name = wire.string(pool["pool_name"]) ?? "";
    const copies = wire.integer(pool["size"]);
    const row = seen.rules.find((each) => each["rule_id"] === pool["crush_rule"]);
    const rule = row && ruleOf(row);
    if (!rule || copies === undefined) {
      found.add(`the rule of pool ${name} is of a form that cannot be judged here; remove the OSDs by hand`);
      continue;
    }
    for (const why of ofPool(seen, ids, { name, copies, rule })) found.add(why);
  }
  return [...found];
}

function ofPool(
  { osds, nearfullRatio }: Redundancy,
  ids: readonly number[],
  { name, copies, rule }: { name: string; copies: number; rule: Rule },
): string[] {
  const chosen = osds.filter(
    (osd) =>
      (osd.within["root"] === rule.root || Object.values(osd.within).includes(rule.root)) &&
      (rule.deviceClass === undefined || osd.deviceClass === rule.deviceClass),
  );
  const serving = chosen.filter((osd) => osd.up && osd.in && osd.crushWeight > 0);
  // What an OSD that is out already still holds has to find a place as well.
  const leaving = chosen.filter((osd) => !osd.in && osd.pgs > 0);
  const left = serving.filter(({ id }) => !ids.includes(id));
  const placeOf = (osd: TreeOsd): string => (rule.domain === "osd" ? `osd.${osd.id}` : (osd.within[rule.domain] ?? ""));
  const places = [...new Set(left.map(placeOf))].sort();
  if (places.length < copies)
    return [
      `pool ${name} keeps ${copies} copies, each in another ${rule.domain}, and ${places.length} would be left` +
        `${places.length > 0 ? ` (${places.join(", ")})` : ""}: the data would have no place to go`,
    ];
  const tooFull = (where: string, before: readonly TreeOsd[], after: readonly TreeOsd[]): string[] => {
    const used = before.reduce((sum, osd) => sum + osd.usedBytes, 0);
    const total = after.reduce((sum, osd) => sum + osd.totalBytes, 0);
    if (used < total * nearfullRatio) return [];
    return [
      `${size(used)} of data would be left with ${size(total)} on ${where}: more than ${Math.round(nearfullRatio * 100)} %, ` +
        "where Ceph counts OSDs as nearly full",
    ];
  };
  // Where there are no more places than copies, each place keeps all of its data.
  const alone =
    places.length === copies
      ? places.flatMap((place) => {
          const before = serving.filter((osd) => placeOf(osd) === place);
          const after = left.filter((osd) => placeOf(osd) === place);
          return after.length === before.length ? [] : tooFull(`${rule.domain} ${place}`, before, after);
        })
      : [];
  return [...alone, ...tooFull("the OSDs that stay", [...serving, ...leaving], left)];
}

/** How far Ceph is from whole: undefined when every PG is active and clean, and all of them are counted. */
export function whyNotClean(status: wire.WireObject, pools: number): string | undefined {
  const pgmap = wire.object(status["pgmap"]);
  const total = wire.integer(pgmap["num_pgs"]);
  if (total === undefined || !Array.isArray(pgmap["pgs_by_state"])) return "Ceph does not tell the state of its PGs";
  const states = wire.list(pgmap["pgs_by_state"]).map((row) => ({
    state: wire.string(row["state_name"]) ?? "",
    count: wire.integer(row["count"]) ?? 0,
  }));
  // Monitors that have just begun count none.
  if (total === 0 && pools > 0) return "the PGs are not counted yet";
  // Scrubbing PGs are whole.
  const whole = (state: string): boolean => /^active\+clean(?:\+scrubbing(?:\+deep)?)?$/.test(state);
  const bad = states.filter(({ state }) => !whole(state));
  const counted = states.reduce((sum, { count }) => sum + count, 0);
  if (bad.length > 0) return bad.map(({ state, count }) => `${count} PGs ${state}`).join(", ");
  return counted === total ? undefined : `${total - counted} PGs are not counted yet`;
}

/**
 * Why a disk that is dead may not be given up: with PGs that do not serve, or objects that nobody finds, its copies may be the
 * last ones, and it may come back. Copies that are missing do not matter here: they are made again in any case.
 */
export function whyNotServed(status: wire.WireObject, pools: number): string | undefined {
  const pgmap = wire.object(status["pgmap"]);
  const total = wire.integer(pgmap["num_pgs"]);
  if (total === undefined || !Array.isArray(pgmap["pgs_by_state"])) return "Ceph does not tell the state of its PGs";
  if (total === 0 && pools > 0) return "the PGs are not counted yet";
  const unfound = wire.integer(pgmap["unfound_objects"]) ?? 0;
  if (unfound > 0) return `${unfound} objects are not found`;
  const states = wire.list(pgmap["pgs_by_state"]).map((row) => ({
    words: (wire.string(row["state_name"]) ?? "").split("+"),
    count: wire.integer(row["count"]) ?? 0,
  }));
  const serves = (words: readonly string[]): boolean =>
    words.includes("active") &&
    !words.some((word) =>
      /^(?:stale|down|incomplete|inconsistent|unknown|.*unfound|backfill_toofull|recovery_toofull)$/.test(word),
    );
  const bad = states.filter(({ words }) => !serves(words));
  if (bad.length > 0) return bad.map(({ words, count }) => `${count} PGs ${words.join("+")}`).join(", ");
  const counted = states.reduce((sum, { count }) => sum + count, 0);
  return counted === total ? undefined : `${total - counted} PGs are not counted yet`;
}

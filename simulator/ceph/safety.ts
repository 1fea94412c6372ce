import type { Ceph } from "./ceph.js";
import { errno, hole, refused, shown, type Answer } from "./commands/command.js";
import { osds } from "./osdmap.js";
import { members } from "./pg-state.js";
import { reports } from "./pg-counts.js";

/** Ids as the manager takes them: numbers, `osd.N`, `all`; undefined for anything else. */
export function parseIds(ceph: Ceph, words: readonly string[]): number[] | string {
  const ids: number[] = [];
  for (const word of words) {
    if (word === "all" || word === "any" || word === "*") return osds(ceph.cluster).map(({ id }) => id);
    const number = /^(?:osd\.)?(\d+)$/.exec(word)?.[1];
    if (number === undefined) return word;
    ids.push(Number(number));
  }
  return [...new Set(ids)].sort((a, b) => a - b);
}

/** `osd safe-to-destroy`: with JSON it succeeds also when it is not safe (FACT 1), but for PGs of unknown state, and an OSD that does not exist is safe. */
export function safeToDestroy(ceph: Ceph, words: readonly string[], json: boolean): Answer {
  const ids = parseIds(ceph, words);
  if (typeof ids === "string")
    return refused("EINVAL", `Expected option value to be integer, got '${ids}'invalid osd id '${ids}'`);
  const list = reports(ceph.cluster, ceph.now);
  const unknown = list.filter(({ state }) => state === "unknown").length;
  if (unknown > 0) return refused("EAGAIN", `${unknown} pgs have unknown state; cannot draw any conclusions`);
  const count = (id: number): number =>
    list.filter(({ up, acting }) => members(up).includes(id) || members(acting).includes(id)).length;
  const active = ids.filter((id) => count(id) > 0);
  const allClean = list.every(({ state }) => state === "active+clean");
  const missing = ids.filter((id) => {
    const osd = ceph.cluster.osdmap.osds[id];
    return count(id) === 0 && osd !== undefined && !osd.up && !allClean;
  });
  const safe = ids.filter((id) => !active.includes(id) && !missing.includes(id));
  if (json) return shown({ safe_to_destroy: safe, active, missing_stats: missing, stored_pgs: [] });
  if (active.length > 0) {
    const mapped = list.filter(({ up, acting }) =>
      active.some((id) => members(up).includes(id) || members(acting).includes(id)),
    );
    const pgs = active.length === 1 ? count(active[0] ?? -1) : active.reduce((sum, id) => sum + count(id), 0);
    return refused(
      "EBUSY",
      `OSD(s) ${active.join(",")} have ${mapped.length > 0 ? pgs : 0} pgs currently mapped to them. `,
    );
  }
  if (missing.length > 0) {
    const why = "have no reported stats, and not all PGs are active+clean; we cannot draw any conclusions. ";
    return refused("EAGAIN", `OSD(s) ${missing.join(",")} ${why}`);
  }
  return { rc: 0, status: `OSD(s) ${safe.join(",")} are safe to destroy without reducing data durability.` };
}

/**
 * `osd ok-to-stop`: whether enough copies would be left to go on serving; a whole host may be fine (FACT 5). 20.2.4 looks
 * only at PGs in which one of the OSDs is the last of the acting set (recording 20, n 15, 21 and 23).
 */
export function okToStop(ceph: Ceph, words: readonly string[]): Answer {
  const ids = parseIds(ceph, words);
  if (typeof ids === "string")
    return refused("EINVAL", `Expected option value to be integer, got '${ids}'invalid osd id '${ids}'`);
  if (ids.length === 0) return hole;
  const groups: Record<string, string[]> = { bad_no_pool: [], bad_already_inactive: [], bad_become_inactive: [] };
  const degraded: string[] = [];
  const more: string[] = [];
  for (const { id, pool, state, acting } of reports(ceph.cluster, ceph.now)) {
    const serving = members(acting);
    const last = serving.at(-1);
    if (last === undefined || !ids.includes(last)) continue;
    const left = serving.filter((osd) => !ids.includes(osd)).length;
    if (!state.includes("active")) groups["bad_already_inactive"]?.push(id);
    else if (left < pool.minSize) groups["bad_become_inactive"]?.push(id);
    else if (state.includes("degraded")) more.push(id);
    else degraded.push(id);
  }
  const bad = Object.values(groups).reduce((sum, group) => sum + group.length, 0);
  const json = {
    ...{ ok_to_stop: bad === 0, osds: ids, num_ok_pgs: degraded.length + more.length, num_not_ok_pgs: bad },
    ...Object.fromEntries(Object.entries(groups).filter(([, group]) => group.length > 0)),
    ...(degraded.length > 0 ? { ok_become_degraded: degraded } : {}),
    ...(more.length > 0 ? { ok_become_more_degraded: more } : {}),
  };
  const plain = `${JSON.stringify(json)}\n`;
  if (bad === 0) return shown(json, plain);
  const status = `unsafe to stop osd(s) at this time (${bad} PGs are or would become offline)`;
  return { rc: -errno.EBUSY, json, plain, status };
}

import { isProxmoxError, wire } from "../../pve";
import type { Call } from "../kernel/call/call";
import type { Pve } from "../kernel/session/pve-session";

/** How Ceph is, as far as steps wait for it. */
export interface Health {
  /** `HEALTH_OK` */
  readonly status: string;
  /** Messages of the checks that do not pass and are not muted, by their names. */
  readonly checks: ReadonlyMap<string, string>;
  readonly monitors: number;
  readonly inQuorum: number;
  readonly osds: { readonly up: number; readonly in: number };
  /** PGs that do not serve, and those that are not whole; undefined while Ceph has not counted them. */
  readonly pgs: { readonly inactive: number; readonly unclean: number; readonly summary: string } | undefined;
}

/**
 * What changes by itself and says nothing of a step: Proxmox lets its own rolling restarts go on with these too
 * (`blocking` in PVE/API2/Ceph.pm).
 */
const unrelated = new Set([
  ...["MON_CLOCK_SKEW", "RECENT_CRASH", "TELEMETRY_CHANGED", "AUTH_INSECURE_GLOBAL_ID_RECLAIM"],
  ...["AUTH_INSECURE_GLOBAL_ID_RECLAIM_ALLOWED", "BLUESTORE_DISK_SIZE_MISMATCH", "BLUESTORE_SLOW_OP_ALERT"],
  ...["PG_NOT_SCRUBBED", "PG_NOT_DEEP_SCRUBBED", "LARGE_OMAP_OBJECTS", "MON_DISK_LOW", "OSDMAP_FLAGS"],
]);

export async function readHealth(pve: Pve, node: string): Promise<Health> {
  return healthOf(wire.object(await pve.api.nodes.$(node).ceph.status.$get()));
}

/** Throws when the answer tells nothing of it. */
export function healthOf(answer: wire.WireObject): Health {
  const health = wire.object(answer["health"]);
  const status = wire.string(health["status"]);
  const monmap = wire.object(answer["monmap"]);
  const osdmap = wire.object(answer["osdmap"]);
  if (status === undefined || !Array.isArray(monmap["mons"]))
    throw new Error("the answer to how Ceph is, is not whole; nothing was changed");
  const checks = Object.entries(wire.object(health["checks"])).flatMap(([name, check]): [string, string][] => {
    const { summary, muted } = wire.object(check);
    return wire.boolean(muted) ? [] : [[name, wire.string(wire.object(summary)["message"]) ?? ""]];
  });
  return {
    status,
    checks: new Map(checks),
    monitors: monmap["mons"].length,
    inQuorum: Array.isArray(answer["quorum_names"]) ? answer["quorum_names"].length : 0,
    osds: { up: wire.integer(osdmap["num_up_osds"]) ?? 0, in: wire.integer(osdmap["num_in_osds"]) ?? 0 },
    pgs: pgsOf(wire.object(answer["pgmap"])),
  };
}

function pgsOf(pgmap: wire.WireObject): Health["pgs"] {
  const total = wire.integer(pgmap["num_pgs"]);
  if (total === undefined) return undefined;
  const states = wire.list(pgmap["pgs_by_state"]).map((row) => ({
    state: wire.string(row["state_name"]) ?? "",
    count: wire.integer(row["count"]) ?? 0,
  }));
  const counted = states.reduce((sum, { count }) => sum + count, 0);
  if (counted !== total) return undefined;
  // Scrubbing PGs are whole.
  const whole = (state: string): boolean => /^active\+clean(?:\+scrubbing(?:\+deep)?)?$/.test(state);
  const sum = (some: (state: string) => boolean): number =>
    states.filter(({ state }) => some(state)).reduce((all, { count }) => all + count, 0);
  const bad = states.filter(({ state }) => !whole(state));
  return {
    inactive: sum((state) => !state.split("+").includes("active")),
    unclean: sum((state) => !whole(state)),
    summary: bad.map(({ state, count }) => `${count} PGs ${state}`).join(", "),
  };
}

/** What is to be so before a step is done; each is only asked for what it names. */
interface Gate {
  /** What is waited for, for messages: "pool vm_ssd". */
  readonly what: string;
  /** How Ceph was before the step: what was wrong then stops nobody. */
  readonly before: Health;
  /** PGs active and clean; where some were not before, no more of them, and none that does not serve. */
  readonly clean?: boolean;
  /** Further, with the reason why not yet. */
  also?(): Promise<string | undefined>;
}

/** Why a step is not done yet; undefined when Ceph is as it has to be. */
export function whyWorse(now: Health, { before, clean = false }: Pick<Gate, "before" | "clean">): string | undefined {
  if (now.inQuorum * 2 <= now.monitors) return `${now.inQuorum} of ${now.monitors} monitors are in the quorum`;
  if (now.osds.up < before.osds.up || now.osds.in < before.osds.in)
    return `${now.osds.up} OSDs are up and ${now.osds.in} in, of ${before.osds.up} and ${before.osds.in} before`;
  if (clean) {
    if (!now.pgs) return "the PGs are not counted yet";
    if (now.pgs.inactive > (before.pgs?.inactive ?? 0)) return now.pgs.summary;
    if (now.pgs.unclean > (before.pgs?.unclean ?? 0)) return now.pgs.summary;
  }
  const rank = (status: string): number => ["HEALTH_OK", "HEALTH_WARN", "HEALTH_ERR"].indexOf(status);
  const fresh = [...now.checks].filter(([name]) => !before.checks.has(name) && !unrelated.has(name));
  if (fresh.length > 0) return fresh.map(([name, message]) => `${name}: ${message}`).join("; ");
  const worse = rank(now.status) > rank(before.status) && [...now.checks.keys()].some((name) => !unrelated.has(name));
  return worse ? `${now.status}, and ${before.status} before` : undefined;
}

/** Waits until Ceph is as a step needs it; the error of the deadline tells what is missing. */
export async function untilHealthy(pve: Pve, call: Call, node: string, gate: Gate): Promise<void> {
  await pve.until(
    `Ceph to be well with ${gate.what}`,
    async () => {
      const pending = await whyNot(pve, node, gate);
      if (pending === undefined) return { done: true };
      call.report.progress(`waiting for Ceph: ${pending}`);
      return { pending };
    },
    call.remainingMs(),
    "ceph health",
  );
}

async function whyNot(pve: Pve, node: string, gate: Gate): Promise<string | undefined> {
  try {
    const further = await gate.also?.();
    return further ?? whyWorse(await readHealth(pve, node), gate);
  } catch (error) {
    // Monitors that elect do not answer for a moment.
    if (isProxmoxError(error, "refused") && /got timeout/.test(error.message)) return error.message;
    throw error;
  }
}

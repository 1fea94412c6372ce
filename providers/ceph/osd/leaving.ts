import type { Call } from "../../kernel/call/call";
import { clusterStatus, crushRules, osdTree, osdUsage } from "../over-ssh";
import type { Access } from "./make-osds";
import { pathsOf } from "./disk";
import { assertThisCeph, readDisks, readMap, readVolumes, type OsdMap } from "./osd-map";
import { whyNotClean, whyNotDrained } from "./redundancy";
import { treeOsds } from "./tree";
import type { DrainRound } from "./host-turns";

/** An OSD that is to go: its id may be another one's by now. */
export interface Osd {
  readonly id: number;
  readonly uuid: string;
}

export interface Removal {
  readonly node: string;
  readonly diskSerial: string;
  readonly fsid: string;
  readonly osds: readonly Osd[];
  /** Without draining, and whatever is lost. */
  readonly acceptLoss: boolean;
  /** The disk is to give way to another one: the reason why that one cannot take its place. */
  readonly successor?: (() => Promise<string | undefined>) | undefined;
}

export const names = (osds: readonly Osd[]): string => osds.map(({ id }) => `osd.${id}`).join(", ");

/** The map of the Ceph that the state names; any other one says nothing about these OSDs. */
export async function mapOf({ pve }: Access, call: Call, removal: Removal): Promise<OsdMap> {
  const map = await readMap(pve, call, removal.node);
  assertThisCeph(map, removal);
  return map;
}

/** As the map has it. Throws when the id is another OSD's. */
export async function stateOf(
  access: Access,
  call: Call,
  removal: Removal,
  osd: Osd,
): Promise<{ readonly up: boolean; readonly in: boolean }> {
  const map = await mapOf(access, call, removal);
  const found = map.osds.find(({ id, uuid }) => id === osd.id && uuid === osd.uuid);
  if (!found) throw new Error(`osd.${osd.id} is another OSD now; nothing more was touched`);
  return found;
}

/** What the node tells of its disks. A disk that fails may keep LVM from answering. */
async function whatIsThere({ pve }: Access, call: Call, { node, diskSerial, osds }: Removal) {
  const disks = await readDisks(pve, node);
  try {
    return { disks, volumes: await readVolumes(pve, call, node) };
  } catch (error) {
    if (call.signal.aborted) throw error;
    const disk = disks.find(({ serial }) => serial === diskSerial);
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${names(osds)} not removed, nothing more was touched: what is on the disks of node ${node} cannot be read (${why}). ` +
        (disk
          ? `If the disk with serial ${diskSerial} (${disk.devpath}) fails, take it out of the node and run this again: what ` +
            "the node does not list any more counts as dead, and its OSDs are removed without it"
          : "Look there at what ceph-volume lvm list says, then run this again"),
      { cause: error },
    );
  }
}

/** The disk is dead: neither Proxmox nor LVM lists it, and none of its OSDs is up. */
export async function isDead(access: Access, call: Call, removal: Removal, mine: readonly Osd[]): Promise<boolean> {
  const { disks, volumes } = await whatIsThere(access, call, removal);
  if (disks.some(({ serial }) => serial === removal.diskSerial)) return false;
  // Its database may be on a disk that lives.
  if (volumes.some(({ type, uuid }) => type === "block" && mine.some((osd) => osd.uuid === uuid))) return false;
  for (const osd of mine) if ((await stateOf(access, call, removal, osd)).up) return false;
  return true;
}

/** Are the volumes with these uuids on this disk, and nowhere else? Of a disk that is dead there are none. */
export async function assertTheirs(
  access: Access,
  call: Call,
  removal: Removal,
  mine: readonly Osd[],
  dead: boolean,
): Promise<void> {
  const { node, diskSerial, acceptLoss } = removal;
  const { disks, volumes } = await whatIsThere(access, call, removal);
  const disk = disks.find(({ serial }) => serial === diskSerial);
  const refuse = (why: string): never => {
    throw new Error(`${names(mine)} not removed: ${why}; nothing more was touched`);
  };
  for (const osd of mine) {
    const { up } = await stateOf(access, call, removal, osd);
    const tagged = volumes.filter(({ id }) => id === osd.id);
    const strange = tagged.find(({ uuid }) => uuid !== osd.uuid);
    // The clean-up goes by the id alone, and would take these too.
    if (strange)
      refuse(
        `node ${node} has a volume of another osd.${osd.id} (${strange.uuid}, of Ceph ${strange.fsid}), which would go with it`,
      );
    const blocks = tagged.filter(({ type }) => type === "block");
    if (dead && (up || disk || blocks.length > 0))
      refuse(`its disk with serial ${diskSerial} was dead, and is there again; run this again, which drains it`);
    if (blocks.length === 0 && up) refuse(`osd.${osd.id} is up, and not on node ${node}`);
    if (blocks.length === 0 && disk)
      call.report.progress(`osd.${osd.id} has no volume any more on the disk with serial ${diskSerial}`);
    for (const { devices } of blocks) assertOn(osd, devices, up);
  }

  function assertOn(osd: Osd, devices: readonly string[], up: boolean): void {
    const known = disk ? pathsOf(disk) : [];
    if (devices.every((device) => known.includes(device))) return;
    const elsewhere = disks.filter((each) => each !== disk).flatMap(pathsOf);
    const nowhere = disk === undefined && !up && !devices.some((device) => elsewhere.includes(device));
    if (!nowhere)
      refuse(`the volume of osd.${osd.id} is on ${devices.join(", ")}, and not on the disk with serial ${diskSerial}`);
    if (!acceptLoss)
      refuse(
        `node ${node} does not list the disk with serial ${diskSerial}, and LVM still knows the volume of osd.${osd.id} on ` +
          `${devices.join(", ")}. Put the disk back, or let the node forget it (it does when it boots), and run this again`,
      );
  }
}

/**
 * Proxmox removes an OSD only through the node whose name the host above it has in CRUSH, and says so last of all: after the
 * drain. One that is in no place any more is in the midst of its removal.
 */
export async function whyElsewhere(
  { pve }: Pick<Access, "pve">,
  call: Call,
  node: string,
  ids: readonly number[],
): Promise<string | undefined> {
  const tree = treeOsds(await osdTree(pve, call, node));
  const found = tree.filter(({ id, within }) => ids.includes(id) && within["root"] !== undefined);
  const strange = found.filter(({ within }) => within["host"] !== node);
  if (strange.length === 0) return undefined;
  const places = strange.map(({ id, within }) => `osd.${id} under ${within["host"] ?? "no host"}`).join(", ");
  return (
    `Proxmox removes only OSDs that stand under a host of the node's name in CRUSH, and this is ${places}: move ` +
    `${strange.length === 1 ? "it" : "them"} there first (ceph osd crush move ${strange.map(({ id }) => `osd.${id}`).join(" ")} ` +
    `host=${node}, which moves data), or remove ${strange.length === 1 ? "it" : "them"} by hand`
  );
}

/** Why the rest could not take what is on these; nothing has to be asked of others for it. */
export async function whyNotJudged(
  { pve }: Pick<Access, "pve">,
  call: Call,
  node: string,
  ids: readonly number[],
  map: OsdMap,
): Promise<{ readonly why: string[]; readonly serving: boolean }> {
  // Usage comes from the manager, which follows the map late: who is up and in the monitors tell.
  const osds = treeOsds(await osdUsage(pve, call, node)).map((osd) => {
    const found = map.osds.find(({ id }) => id === osd.id);
    return { ...osd, up: found?.up ?? false, in: found?.in ?? false };
  });
  const { pools, nearfullRatio, flags } = map;
  const rules = await crushRules(pve, call, node);
  return {
    why: whyNotDrained({ osds, pools, rules, nearfullRatio, flags }, ids),
    // Where one of them is down itself, only its going makes Ceph whole again.
    serving: ids.every((id) => osds.some((osd) => osd.id === id && osd.up && osd.in)),
  };
}

/** The removal is refused because of what would be left: it may be another time. */
export class Refused extends Error {}

/** Refuses while nothing has been touched; waits for a cluster that is still at work. */
export async function judge(
  access: Access,
  call: Call,
  removal: Removal,
  mine: readonly Osd[],
  round: DrainRound,
): Promise<void> {
  const { pve } = access;
  const { node } = removal;
  const map = await mapOf(access, call, removal);
  const ids = mine.map(({ id }) => id);
  const { why, serving } = await whyNotJudged(access, call, node, ids, map);
  if (why.length > 0) throw new Refused(await refusal(access, removal, mine, map, why));
  // Copies that others lack may be on these: they go only from a cluster that is whole.
  if (!serving || round.started) return;
  await pve.until(
    `Ceph to be whole before ${names(mine)} ${mine.length === 1 ? "is" : "are"} set out`,
    async () => {
      const pending = whyNotClean(await clusterStatus(pve, call, node), map.pools.length);
      if (pending === undefined) return { done: true };
      call.report.progress(`waiting for Ceph to be whole: ${pending}`);
      return { pending };
    },
    call.remainingMs(),
  );
}

async function refusal(
  { pve }: Access,
  { node, diskSerial, successor }: Removal,
  mine: readonly Osd[],
  map: OsdMap,
  why: readonly string[],
): Promise<string> {
  const found = map.osds.filter(({ id }) => mine.some((osd) => osd.id === id));
  const out = found.filter((osd) => !osd.in).map(({ id }) => id);
  const down = found.every(({ up }) => !up);
  const listed = down && (await readDisks(pve, node)).some(({ serial }) => serial === diskSerial);
  return [
    `${names(mine)} not removed, nothing was touched: ${why.join("; ")}.`,
    ...(out.length > 0 ? [`Set out already: ceph osd in ${out.join(" ")} takes that back.`] : []),
    ...(listed
      ? [
          `If the disk with serial ${diskSerial} fails, take it out of the node: then it counts as dead, and is not drained.`,
        ]
      : []),
    ...(successor
      ? ["Describe the new disk as a resource of its own, run up, and take this one out then; or change the pools."]
      : ["Add OSDs first, or change the pools."]),
    `To remove them whatever is lost, write removal: { acceptDataLoss: ${JSON.stringify(mine.map(({ uuid }) => uuid))} }, run ` +
      "up, and then remove them",
  ].join(" ");
}

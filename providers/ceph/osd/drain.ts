import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { clusterStatus, crushRules, osdUsage, safeToDestroy } from "../over-ssh";
import type { Access } from "./make-osds";
import { size, type NodeDisk } from "./disk";
import { assertThisCeph, isSame, readDisks, readMap, readVolumes, type OsdMap } from "./osd-map";
import { whyNotClean, whyNotDrained } from "./redundancy";
import { treeOsds } from "./tree";

/** An OSD that is to go: its id may be another one's by now. */
interface Osd {
  readonly id: number;
  readonly uuid: string;
}

interface Removal {
  readonly node: string;
  readonly diskSerial: string;
  readonly fsid: string;
  readonly osds: readonly Osd[];
  /** Without draining, and whatever is lost. */
  readonly acceptLoss: boolean;
}

/** How long both signs of a drained OSD must hold: right after it is set out each of them still tells what was before. */
const steadyMs = 3_000;

const names = (osds: readonly Osd[]): string => osds.map(({ id }) => `osd.${id}`).join(", ");

/**
 * Drains and removes OSDs. Each step looks first at what the one before has left, so that a removal that was interrupted
 * goes on where it was.
 */
export async function removeOsds(access: Access, call: Call, removal: Removal): Promise<void> {
  const { pve } = access;
  const { node, acceptLoss } = removal;
  const map = await readMap(pve, call, node);
  assertThisCeph(map, removal);
  const mine = removal.osds.filter((osd) => isSame(map, osd));
  if (mine.length > 0) {
    await assertTheirs(access, call, removal, mine);
    if (!acceptLoss) await judge(access, call, node, mine, map);
    await setOut(access, call, node, mine);
    if (!acceptLoss) await drain(access, call, node, mine, map.pools.length);
    for (const osd of mine) await stop(access, call, node, osd);
    for (const osd of mine) await destroy(access, call, removal, osd);
  }
  await tellWhatStays(access, call, removal, mine);
}

/** Are the volumes with these uuids on this disk, and nowhere else? A disk that is dead has none, and its OSDs are down. */
async function assertTheirs(
  { pve }: Access,
  call: Call,
  { node, diskSerial }: Removal,
  mine: readonly Osd[],
): Promise<void> {
  const [map, volumes, disks] = [
    await readMap(pve, call, node),
    await readVolumes(pve, call, node),
    await readDisks(pve, node),
  ];
  const disk = disks.find(({ serial }) => serial === diskSerial);
  const refuse = (why: string): never => {
    throw new Error(`${names(mine)} not removed: ${why}; nothing more was touched`);
  };
  for (const osd of mine) {
    const found = map.osds.find(({ id, uuid }) => id === osd.id && uuid === osd.uuid);
    if (!found) refuse(`osd.${osd.id} is another OSD now`);
    const tagged = volumes.filter(({ id }) => id === osd.id);
    const strange = tagged.find(({ uuid }) => uuid !== osd.uuid);
    // The clean-up goes by the id alone, and would take these too.
    if (strange)
      refuse(
        `node ${node} has a volume of another osd.${osd.id} (${strange.uuid}, of Ceph ${strange.fsid}), which would go with it`,
      );
    const blocks = tagged.filter(({ type }) => type === "block");
    if (blocks.length === 0 && found?.up) refuse(`osd.${osd.id} is up, and not on node ${node}`);
    if (blocks.length === 0 && disk) {
      call.report.progress(`osd.${osd.id} has no volume any more on the disk with serial ${diskSerial}`);
      continue;
    }
    for (const { devices } of blocks) {
      const pathsOf = (each: NodeDisk): string[] => [each.devpath, ...each.partitions.map(({ devpath }) => devpath)];
      const known = disk ? pathsOf(disk) : [];
      const elsewhere = disks.filter((each) => each !== disk).flatMap(pathsOf);
      // Of a disk that is dead LVM goes on to name what the kernel called it, as long as no other disk is called so.
      const dead = disk === undefined && !found?.up && !devices.some((device) => elsewhere.includes(device));
      if (!dead && !devices.every((device) => known.includes(device)))
        refuse(
          `the volume of osd.${osd.id} is on ${devices.join(", ")}, and not on the disk with serial ${diskSerial}`,
        );
    }
  }
}

/** Refuses while nothing has been touched; waits for a cluster that is still at work. */
async function judge({ pve }: Access, call: Call, node: string, mine: readonly Osd[], map: OsdMap): Promise<void> {
  const osds = treeOsds(await osdUsage(pve, call, node));
  const why = whyNotDrained(
    {
      osds,
      pools: map.pools,
      rules: await crushRules(pve, call, node),
      nearfullRatio: map.nearfullRatio,
      flags: map.flags,
    },
    mine.map(({ id }) => id),
  );
  if (why.length > 0)
    throw new Error(
      `${names(mine)} not removed, nothing was touched: ${why.join("; ")}. Add OSDs first, or change the pools; to remove ` +
        `them whatever is lost, write removal: { acceptDataLoss: ${JSON.stringify(mine.map(({ uuid }) => uuid))} }, run up, and then remove them`,
    );
  // Copies that others lack may be on these: they go only from a cluster that is whole. Where one of them is down itself,
  // only its going makes Ceph whole again.
  const serving = mine.every(({ id }) => osds.some((osd) => osd.id === id && osd.up && osd.in));
  if (!serving) return;
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

async function setOut({ pve }: Access, call: Call, node: string, mine: readonly Osd[]): Promise<void> {
  for (const osd of mine) {
    const isOut = async (): Promise<boolean> => {
      const map = await readMap(pve, call, node);
      if (!isSame(map, osd)) throw new Error(`osd.${osd.id} is another OSD now; nothing more was touched`);
      return map.osds.some(({ id, in: isIn }) => id === osd.id && !isIn);
    };
    if (await isOut()) continue;
    await pve.write(call, {
      what: `setting osd.${osd.id} out`,
      lock: "cluster:ceph.conf",
      send: async () => {
        if (await isOut()) return;
        await pve.api.nodes.$(node).ceph.osd.$(String(osd.id)).out.$post();
      },
      happened: isOut,
    });
    if (!(await isOut())) throw new Error(`osd.${osd.id} is still in, although Proxmox reported no error`);
  }
}

/** Neither sign alone is enough: an OSD may be safe to destroy while copies are missing, and all clean before it begins. */
async function drain({ pve }: Access, call: Call, node: string, mine: readonly Osd[], pools: number): Promise<void> {
  const { clock } = pve.process.connection;
  const ids = mine.map(({ id }) => id);
  let goodSince: number | undefined;
  try {
    await pve.until(
      `${names(mine)} to be drained`,
      async () => {
        const status = await clusterStatus(pve, call, node);
        const unclean = whyNotClean(status, pools);
        const unsafe = await whyUnsafe(pve, call, node, ids);
        if (unclean !== undefined || unsafe !== undefined) {
          goodSince = undefined;
          const text = await progressOf({ pve, root: pve }, call, node, mine, status);
          call.report.progress(text);
          return { pending: [unsafe, unclean].filter((each) => each !== undefined).join("; ") };
        }
        goodSince ??= clock.now();
        return clock.now() - goodSince >= steadyMs ? { done: true } : { pending: "drained a moment ago" };
      },
      call.remainingMs(),
    );
  } catch (error) {
    if (isProxmoxError(error, "timeout"))
      call.report.warn(
        `${names(mine)} ${mine.length === 1 ? "is" : "are"} out, and Ceph goes on to drain: run this again to remove them, ` +
          `or take them back with ceph osd in ${ids.join(" ")}`,
      );
    throw error;
  }
}

/** Undefined when Ceph says of each of them that it may go. */
async function whyUnsafe(
  pve: Access["pve"],
  call: Call,
  node: string,
  ids: readonly number[],
): Promise<string | undefined> {
  const answer = await safeToDestroy(pve, call, node, ids);
  const safe = wire.strings(answer["safe_to_destroy"]).map(Number);
  const left = ids.filter((id) => !safe.includes(id));
  return left.length === 0 ? undefined : `${left.map((id) => `osd.${id}`).join(", ")} not safe to destroy`;
}

/** PGs and bytes to go, rate and time left. */
async function progressOf(
  { pve }: Access,
  call: Call,
  node: string,
  mine: readonly Osd[],
  status: wire.WireObject,
): Promise<string> {
  const osds = treeOsds(await osdUsage(pve, call, node)).filter(({ id }) => mine.some((osd) => osd.id === id));
  const pgs = osds.reduce((sum, osd) => sum + osd.pgs, 0);
  const bytes = osds.reduce((sum, osd) => sum + (osd.pgs > 0 ? osd.usedBytes : 0), 0);
  const rate = wire.number(wire.object(status["pgmap"])["recovering_bytes_per_sec"]);
  const pace =
    rate === undefined || rate <= 0 ? "" : `, ${size(rate)}/s, about ${Math.ceil(bytes / rate / 60)} min left`;
  return `draining ${names(mine)}: ${pgs} PGs and ${size(bytes)} to go${pace}`;
}

async function stop({ pve }: Access, call: Call, node: string, osd: Osd): Promise<void> {
  const isUp = async (): Promise<boolean> => {
    const map = await readMap(pve, call, node);
    if (!isSame(map, osd)) throw new Error(`osd.${osd.id} is another OSD now; nothing more was touched`);
    return map.osds.some(({ id, up }) => id === osd.id && up);
  };
  if (!(await isUp())) return;
  await pve.task(call, `stopping osd.${osd.id}`, async () =>
    (await isUp()) ? pve.api.nodes.$(node).ceph.stop.$post({ service: `osd.${osd.id}` }) : null,
  );
  await pve.until(
    `osd.${osd.id} to be down`,
    async () => ((await isUp()) ? { pending: "it is up" } : { done: true }),
    call.remainingMs(),
  );
}

async function destroy(access: Access, call: Call, removal: Removal, osd: Osd): Promise<void> {
  const { pve, root } = access;
  const { node, acceptLoss } = removal;
  const isThere = async (): Promise<boolean> => isSame(await readMap(pve, call, node), osd);
  try {
    await root.task(call, `removing osd.${osd.id}`, async () => {
      if (!(await isThere())) return null;
      await assertTheirs(access, call, removal, [osd]);
      const unsafe = acceptLoss ? undefined : await whyUnsafe(pve, call, node, [osd.id]);
      if (unsafe !== undefined)
        throw new Error(`${unsafe} any more: it is stopped and out, and its disk was not touched; run this again`);
      return root.api.nodes.$(node).ceph.osd.$(String(osd.id)).$delete({ cleanup: true });
    });
  } catch (error) {
    if (!isProxmoxError(error, "unavailable") || (await isThere())) throw error;
  }
  if (await isThere()) throw new Error(`osd.${osd.id} is still there, although Proxmox reported no error`);
}

/** Proxmox's task ends well also where the clean-up failed. */
async function tellWhatStays(
  { pve }: Access,
  call: Call,
  { node, diskSerial, osds }: Removal,
  removed: readonly Osd[],
): Promise<void> {
  const left = (await readVolumes(pve, call, node)).filter(({ uuid }) => osds.some((osd) => osd.uuid === uuid));
  const disk = (await readDisks(pve, node)).find(({ serial }) => serial === diskSerial);
  const what = removed.length === 0 ? `${names(osds)} gone already` : `${names(removed)} removed`;
  if (!disk) call.report.result(`${what}; its disk is not there`);
  else if (left.length > 0)
    call.report.warn(
      `${what}; volumes of ${left.length === 1 ? "it" : "them"} are left on the disk with serial ${diskSerial}: see what ` +
        `ceph-volume lvm list on node ${node} tells, and clean up by hand`,
    );
  else call.report.result(`${what}; the disk with serial ${diskSerial} is free`);
}

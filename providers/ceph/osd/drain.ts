import { isProxmoxError, wire } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import { clusterStatus, osdUsage, safeToDestroy } from "../over-ssh";
import { untilDisksRest, type Access } from "./make-osds";
import { describeDisk, size } from "./disk";
import {
  assertTheirs,
  isDead,
  judge,
  mapOf,
  names,
  Refused,
  stateOf,
  whyElsewhere,
  whyNotJudged,
  type Osd,
  type Removal,
} from "./leaving";
import { isSame, readDisks, readVolumes } from "./osd-map";
import { whyNotClean, whyNotServed } from "./redundancy";
import { treeOsds } from "./tree";
import type { HostTurns, DrainRound } from "./host-turns";

/** How long both signs of a drained OSD must hold: right after it is set out each of them still tells what was before. */
const steadyMs = 3_000;
/** How long PGs may take to serve again without a disk that is dead; when they do not, its copies may be the last. */
const servedMs = 300_000;

/**
 * Drains and removes OSDs. Each step looks first at what the one before has left, so that a removal that was interrupted
 * goes on where it was.
 */
export async function removeOsds(access: Access, call: Call, removal: Removal, turns: HostTurns): Promise<() => void> {
  await untilDisksRest(access.pve, call, removal.node);
  const mine = await present(access, call, removal);
  const leave = mine.length > 0 ? await removeThese(access, call, removal, mine, turns) : () => undefined;
  try {
    await tellWhatStays(access, call, removal, mine);
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

const present = async (access: Access, call: Call, removal: Removal): Promise<Osd[]> => {
  const map = await mapOf(access, call, removal);
  return removal.osds.filter((osd) => isSame(map, osd));
};

/** Together with others of its host; refused beside them, it is judged once more when they have gone. */
async function removeThese(
  access: Access,
  call: Call,
  removal: Removal,
  mine: readonly Osd[],
  turns: HostTurns,
): Promise<() => void> {
  for (let alone = false; ; alone = true) {
    call.report.progress("waiting for its turn: what leaves one host goes after what leaves another");
    const { round, leave } = await turns.enter(removal.node, alone, call.signal);
    const others = turns.others > 0;
    try {
      await removeInTurn(access, call, removal, mine, round);
      return leave;
    } catch (error) {
      leave();
      if (!(error instanceof Refused) || !others || alone) throw error;
    }
  }
}

async function removeInTurn(
  access: Access,
  call: Call,
  removal: Removal,
  given: readonly Osd[],
  round: DrainRound,
): Promise<void> {
  const { pve } = access;
  const { acceptLoss } = removal;
  // One after the other: each counts what those before it have set out.
  const { mine, dead } = await pve.limits(["ceph-osd:judging"], call, async () => {
    const there = await present(access, call, removal);
    const mine = given.filter((osd) => there.includes(osd));
    const dead = !acceptLoss && mine.length > 0 && (await isDead(access, call, removal, mine));
    if (mine.length === 0) return { mine, dead };
    await assertTheirs(access, call, removal, mine, dead);
    const ids = mine.map(({ id }) => id);
    const next = (await whyElsewhere(access, call, removal.node, ids)) ?? (await removal.successor?.());
    if (next !== undefined) throw new Error(`${names(mine)} not removed, nothing was touched: ${next}`);
    if (dead) await untilServed(access, call, removal, mine);
    else if (!acceptLoss) await judge(access, call, removal, mine, round);
    try {
      const went = await setOut(access, call, removal, mine, dead);
      if (!dead && !acceptLoss) await judgeAgain(access, call, removal, mine, went);
    } catch (error) {
      throw tellingOut(call, mine, error);
    }
    if (!dead && !acceptLoss) round.started = true;
    return { mine, dead };
  });
  if (!dead && !acceptLoss && mine.length > 0) await drain(access, call, removal, mine);
  for (const osd of mine) await stop(access, call, removal, osd, dead);
  if (dead) await untilServed(access, call, removal, mine);
  for (const osd of mine) await destroy(access, call, removal, osd, dead);
}

/** What is out stays so when a run fails: it drains on, and only who is told of it takes it back. */
function tellingOut(call: Call, mine: readonly Osd[], error: unknown): unknown {
  if (!(error instanceof Refused))
    call.report.warn(
      `${names(mine)}: what is out by now stays out, and Ceph goes on to drain it: run this again to remove ` +
        `${mine.length === 1 ? "it" : "them"}, or take it back with ceph osd in ${mine.map(({ id }) => id).join(" ")}`,
    );
  return error;
}

/**
 * Another program may have set out OSDs in the same moment, and both have counted on what the other one took away. Then what
 * this one has set out comes in again.
 */
async function judgeAgain(
  access: Access,
  call: Call,
  removal: Removal,
  mine: readonly Osd[],
  went: readonly Osd[],
): Promise<void> {
  const { pve } = access;
  const { node } = removal;
  const map = await mapOf(access, call, removal);
  const ids = mine.map(({ id }) => id);
  const { why } = await whyNotJudged(access, call, node, ids, map);
  if (why.length === 0) return;
  for (const osd of went)
    await pve.write(call, {
      what: `setting osd.${osd.id} in again`,
      lock: "cluster:ceph.conf",
      send: async () => {
        if (!(await stateOf(access, call, removal, osd)).in)
          await pve.api.nodes.$(node).ceph.osd.$(String(osd.id)).in.$post();
      },
      happened: async () => (await stateOf(access, call, removal, osd)).in,
    });
  throw new Refused(
    `${names(mine)} not removed: something else has changed what is in meanwhile (${why.join("; ")}); ` +
      `${went.length > 0 ? `${names(went)} ${went.length === 1 ? "is" : "are"} in again` : "nothing was set out"}. Run this again when ` +
      "nothing else removes OSDs",
  );
}

/** For some seconds: all that the dead disk held is served by others. */
async function untilServed(access: Access, call: Call, removal: Removal, mine: readonly Osd[]): Promise<void> {
  const { pve } = access;
  const { node } = removal;
  const { clock } = pve.process.connection;
  let goodSince: number | undefined;
  try {
    await pve.until(
      `the PGs to be served without ${names(mine)}, whose disk is dead`,
      async () => {
        const map = await mapOf(access, call, removal);
        await assertTheirs(access, call, removal, mine, true);
        const why = whyNotServed(await clusterStatus(pve, call, node), map.pools.length);
        if (why !== undefined) {
          goodSince = undefined;
          call.report.progress(`the disk of ${names(mine)} is dead: ${why}`);
          return { pending: why };
        }
        goodSince ??= clock.now();
        return clock.now() - goodSince >= steadyMs ? { done: true } : { pending: "served a moment ago" };
      },
      Math.min(servedMs, call.remainingMs()),
    );
  } catch (error) {
    if (!isProxmoxError(error, "timeout")) throw error;
    throw new Error(
      `${names(mine)} not removed: ${error.message}. The copies on the disk with serial ${removal.diskSerial} may be the last ` +
        "ones: bring it or other OSDs back first; to give up what only it holds, write removal: { acceptDataLoss: " +
        `${JSON.stringify(mine.map(({ uuid }) => uuid))} }, run up, and then remove them`,
      { cause: error },
    );
  }
}

/** Returns those that were in before. */
async function setOut(
  access: Access,
  call: Call,
  removal: Removal,
  mine: readonly Osd[],
  dead: boolean,
): Promise<Osd[]> {
  const { pve } = access;
  const went: Osd[] = [];
  for (const osd of mine) {
    const isOut = async (): Promise<boolean> => !(await stateOf(access, call, removal, osd)).in;
    if (await isOut()) continue;
    await pve.write(call, {
      what: `setting osd.${osd.id} out`,
      lock: "cluster:ceph.conf",
      send: async () => {
        if (await isOut()) return;
        if (dead) await assertTheirs(access, call, removal, [osd], true);
        await pve.api.nodes.$(removal.node).ceph.osd.$(String(osd.id)).out.$post();
      },
      happened: isOut,
    });
    if (!(await isOut())) throw new Error(`osd.${osd.id} is still in, although Proxmox reported no error`);
    went.push(osd);
  }
  return went;
}

/** Neither sign alone is enough: an OSD may be safe to destroy while copies are missing, and all clean before it begins. */
async function drain(access: Access, call: Call, removal: Removal, mine: readonly Osd[]): Promise<void> {
  const { pve } = access;
  const { node } = removal;
  const { clock } = pve.process.connection;
  const ids = mine.map(({ id }) => id);
  let goodSince: number | undefined;
  try {
    await pve.until(
      `${names(mine)} to be drained`,
      async () => {
        const { pools } = await mapOf(access, call, removal);
        const status = await clusterStatus(pve, call, node);
        const unclean = whyNotClean(status, pools.length);
        // Of PGs that are not whole it says nothing, or that it cannot tell.
        const unsafe = unclean === undefined ? await whyUnsafe(pve, call, node, ids) : undefined;
        if (unclean !== undefined || unsafe !== undefined) {
          goodSince = undefined;
          const text = await progressOf(access, call, node, mine, status);
          call.report.progress(text);
          return { pending: [unsafe, unclean].filter((each) => each !== undefined).join("; ") };
        }
        goodSince ??= clock.now();
        return clock.now() - goodSince >= steadyMs ? { done: true } : { pending: "drained a moment ago" };
      },
      call.remainingMs(),
    );
  } catch (error) {
    throw tellingOut(call, mine, error);
  }
}

/** Undefined when Ceph says of each of them that it may go. */
async function whyUnsafe(
  pve: Access["pve"],
  call: Call,
  node: string,
  ids: readonly number[],
): Promise<string | undefined> {
  let answer: wire.WireObject;
  try {
    answer = await safeToDestroy(pve, call, node, ids);
  } catch (error) {
    // With PGs of unknown state it ends in failure, whatever the format (recording 20, 762).
    if (!isProxmoxError(error, "task-failed")) throw error;
    return `it cannot be told whether ${ids.map((id) => `osd.${id}`).join(", ")} may go (${error.message})`;
  }
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

async function stop(access: Access, call: Call, removal: Removal, osd: Osd, dead: boolean): Promise<void> {
  const { pve } = access;
  const { node } = removal;
  const isUp = async (): Promise<boolean> => (await stateOf(access, call, removal, osd)).up;
  if (!(await isUp())) return;
  if (dead) throw new Error(`osd.${osd.id} is up again, although its disk was dead; run this again, which drains it`);
  await pve.task(call, `stopping osd.${osd.id}`, async () =>
    (await isUp()) ? pve.api.nodes.$(node).ceph.stop.$post({ service: `osd.${osd.id}` }) : null,
  );
  await pve.until(
    `osd.${osd.id} to be down`,
    async () => ((await isUp()) ? { pending: "it is up" } : { done: true }),
    call.remainingMs(),
  );
}

async function destroy(access: Access, call: Call, removal: Removal, osd: Osd, dead: boolean): Promise<void> {
  const { pve, root } = access;
  const { node, acceptLoss } = removal;
  const isThere = async (): Promise<boolean> => isSame(await mapOf(access, call, removal), osd);
  const whyNot = async (): Promise<string | undefined> => {
    if (acceptLoss) return undefined;
    if (!dead) return whyUnsafe(pve, call, node, [osd.id]);
    const { pools } = await mapOf(access, call, removal);
    return whyNotServed(await clusterStatus(pve, call, node), pools.length);
  };
  // What went before has left CRUSH, and data may move once more: then no OSD that is down is safe to destroy.
  await pve.until(
    `osd.${osd.id} to be safe to destroy, stopped and out`,
    async () => {
      const pending = (await isThere()) ? await whyNot() : undefined;
      return pending === undefined ? { done: true } : { pending };
    },
    call.remainingMs(),
  );
  let again = false;
  try {
    await root.task(call, `removing osd.${osd.id}`, async () => {
      again = false;
      if (!(await isThere())) return null;
      await assertTheirs(access, call, removal, [osd], dead);
      const unsafe = await whyNot();
      if (unsafe !== undefined) {
        again = true;
        return null;
      }
      return root.api.nodes.$(node).ceph.osd.$(String(osd.id)).$delete({ cleanup: true });
    });
  } catch (error) {
    if (!isProxmoxError(error, "unavailable", "task-failed")) throw error;
    await untilDisksRest(pve, call, node);
    if (await isThere()) throw error;
    // Without its disk Proxmox's clean-up may fail when the OSD is gone already.
    if (isProxmoxError(error, "task-failed"))
      call.report.warn(`osd.${osd.id} is removed; its clean-up: ${error.message}`);
  }
  if (again) return destroy(access, call, removal, osd, dead);
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
  const what = removed.length === 0 ? `${names(osds) || "all OSDs"} gone already` : `${names(removed)} removed`;
  if (!disk) call.report.result(`${what}; its disk is not there`);
  else if (left.length === 0 && disk.osdIds.length > 0)
    call.report.warn(`${what}; ${describeDisk(disk)} holds OSDs that this resource does not know, and they stay`);
  else if (left.length > 0)
    call.report.warn(
      `${what}; volumes of ${left.length === 1 ? "it" : "them"} are left on the disk with serial ${diskSerial}: see what ` +
        `ceph-volume lvm list on node ${node} tells, and clean up by hand`,
    );
  else call.report.result(`${what}; the disk with serial ${diskSerial} is free`);
}

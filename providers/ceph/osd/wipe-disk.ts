import { isProxmoxError } from "../../../pve";
import type { Call } from "../../kernel/call/call";
import type { CephOsdInputs } from "../ceph-osd.model";
import { blockDevices, installedOn, zapVolume } from "../over-ssh";
import { describeDisk, pathsOf, whyInUse, type NodeDisk } from "./disk";
import { diskOf, untilDisksRest, type Access } from "./make-osds";
import { assertThisCeph, readDisks, readMap, readVolumes, type OsdMap, type OsdVolume } from "./osd-map";
import { rawUsers } from "./raw-use";
import { holdersIn, leftoversOn, whyNeverWiped, whyNotNamed } from "./wipeable";

type Named = Pick<CephOsdInputs, "serial" | "byId" | "wipe">;

interface Judged {
  /** Why it is not wiped. */
  readonly why: string | undefined;
  readonly leftovers: readonly OsdVolume[];
}

/** All that is looked at before a disk is wiped, at the preview and again directly before the request. */
async function judgeWipe(
  access: Access,
  call: Call,
  node: string,
  disk: NodeDisk,
  wipe: Named["wipe"],
  map: OsdMap | undefined,
  volumes: readonly OsdVolume[],
): Promise<Judged> {
  const { pve } = access;
  const leftovers = map ? leftoversOn(disk, map, volumes) : [];
  const live = volumes.filter(
    (volume) => !leftovers.includes(volume) && volume.devices.some((path) => pathsOf(disk).includes(path)),
  );
  const refused = (why: string): Judged => ({
    why: `not wiped, whatever names it: on node ${node} this is ${describeDisk(disk)}; ${why}`,
    leftovers,
  });
  const other = whyNotNamed(disk, wipe);
  if (other !== undefined) return { why: other, leftovers };
  if (live.length > 0)
    return refused(`ceph-volume lists ${live.map(({ id, type }) => `the ${type} of osd.${id}`).join(", ")} there`);
  const never = whyNeverWiped(disk, leftovers);
  if (never !== undefined) return refused(never);
  const { users, unclear } = await rawUsers(access, call, node, disk);
  if (users.length > 0) return refused(`${users.join(", ")} has it as a whole`);
  if (unclear.length > 0)
    return refused(
      `${unclear.join(", ")} leads to no device that is known, so that it might be this one; take it out of the guest first`,
    );
  const holders = holdersIn(await blockDevices(pve, call, node, disk.devpath), disk, leftovers);
  if (holders.length > 0) return refused(holders.join("; "));
  // Last of all, for Proxmox is given the kernel's name: it may have changed while guests were asked.
  const [now] = (await readDisks(pve, node)).filter((each) => each.serial === disk.serial);
  if (JSON.stringify(now) !== JSON.stringify(disk)) return refused("it has changed while it was looked at");
  return { why: undefined, leftovers };
}

/** For the preview: undefined when the disk may be wiped. */
export async function whyNotWiped(
  access: Access,
  call: Call,
  node: string,
  disk: NodeDisk,
  wipe: Named["wipe"],
): Promise<string | undefined> {
  // What is left of OSDs is told by Ceph's map alone; other disks may be wiped for a Ceph that is still to be made.
  const { pve } = access;
  const map = disk.ofCeph ? await readMap(pve, call, node) : undefined;
  const installed = disk.ofCeph || (await installedOn(pve, call, node)) !== undefined;
  const volumes = installed ? await readVolumes(pve, call, node) : [];
  return (await judgeWipe(access, call, node, disk, wipe, map, volumes)).why;
}

/** Wipes the disk that is named, once more looked at in front of each request; it is free then, or this throws. */
export async function wipeDisk(access: Access, call: Call, node: string, inputs: Named, fsid: string): Promise<void> {
  const { pve, root } = access;
  const look = async (): Promise<Judged & { disk: NodeDisk; free: boolean }> => {
    const disk = diskOf(await readDisks(pve, node), inputs, node);
    if (whyInUse(disk, node) === undefined) return { disk, free: true, why: undefined, leftovers: [] };
    const map = await readMap(pve, call, node);
    assertThisCeph(map, { fsid, node });
    const judged = await judgeWipe(access, call, node, disk, inputs.wipe, map, await readVolumes(pve, call, node));
    if (judged.why !== undefined) throw new Error(judged.why);
    return { ...judged, disk, free: false };
  };
  for (let seen = await look(); seen.leftovers.length > 0; seen = await look()) {
    const [{ id, uuid }] = seen.leftovers as [OsdVolume];
    await call.safePoint();
    call.report.progress(`removing what is left of osd.${id} (${uuid}) on the disk with serial ${seen.disk.serial}`);
    await zapVolume(pve, call, node, uuid);
    if ((await readVolumes(pve, call, node)).some((volume) => volume.uuid === uuid))
      throw new Error(
        `what is left of osd.${id} (${uuid}) is still on ${describeDisk(seen.disk)}, although ceph-volume reported no error`,
      );
  }
  try {
    await root.task(call, `wiping the disk with serial ${inputs.serial ?? inputs.byId}`, async () => {
      const { disk, free } = await look();
      // Proxmox takes the kernel's name alone here, which the look directly before has told.
      return free ? null : root.api.nodes.$(node).disks.wipedisk.$put({ disk: disk.devpath });
    });
  } catch (error) {
    if (!isProxmoxError(error, "unavailable")) throw error;
    await untilDisksRest(pve, call, node);
    if (!(await look()).free) throw error;
  }
  const { disk, free } = await look();
  if (!free) throw new Error(`${describeDisk(disk)} is still in use, although Proxmox reported no error`);
}
